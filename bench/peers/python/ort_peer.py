"""ONNX Runtime on the model that Heddle's benchmark wrote."""

import peer


class Ort:
    def __init__(self, threads, dtype):
        import onnxruntime

        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.options.inter_op_num_threads = 1
        self.version = f"ONNX Runtime {onnxruntime.__version__}"

    def load(self, tensors, settings):
        import onnxruntime

        session = onnxruntime.InferenceSession(
            settings["onnx"], self.options, providers=["CPUExecutionProvider"]
        )
        inputs = {"x": tensors["inputs_q"]}
        self.run = lambda: session.run(["y"], inputs)[0]

    def call(self):
        self.result = self.run()

    def outputs(self):
        return {"output": self.result}


peer.serve(Ort)
