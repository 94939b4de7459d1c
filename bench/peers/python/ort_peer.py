"""ONNX Runtime on the models that Heddle's benchmark writes; measures the fastest of them in each row."""

import time

import peer

ROUNDS = 5  # in which the forms are timed in turn before one is selected
SECONDS = 0.05  # per form and round, at least one call


class Ort:
    def __init__(self, threads, dtype):
        import numpy
        import onnxruntime

        if dtype == "bfloat16":
            raise TypeError("ONNX Runtime has no product of bfloat16 on a CPU")
        self.dtype = numpy.dtype(dtype)
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.options.inter_op_num_threads = 1
        self.version = f"ONNX Runtime {onnxruntime.__version__}"

    def load(self, tensors, settings):
        import onnxruntime

        inputs = {"x": tensors["inputs_q"].astype(self.dtype)}
        calls = {}
        for name, file in settings.items():
            if name.startswith("onnx."):
                session = onnxruntime.InferenceSession(
                    file, self.options, providers=["CPUExecutionProvider"]
                )
                calls[name.removeprefix("onnx.")] = lambda run=session.run: run(["y"], inputs)[0]
        form = fastest(calls)
        self.run = calls[form]
        return form

    def call(self):
        self.result = self.run()

    def outputs(self):
        return {"output": self.result.astype("float32")}


def fastest(calls):
    """Returns the name of the fastest call; the calls are timed in turn."""
    best = {name: float("inf") for name in calls}
    for call in calls.values():
        call()
    for _ in range(ROUNDS if len(calls) > 1 else 0):
        for name, call in calls.items():
            end = time.perf_counter() + SECONDS
            while True:
                start = time.perf_counter()
                call()
                now = time.perf_counter()
                best[name] = min(best[name], now - start)
                if now >= end:
                    break
    return min(best, key=best.get)


peer.serve(Ort)
