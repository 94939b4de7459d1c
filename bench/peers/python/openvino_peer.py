"""OpenVINO: one product for query, key and value, and ScaledDotProductAttention."""

import peer

NAMES = ("query", "key", "value")
PRECISIONS = {"float32": "f32", "bfloat16": "bf16", "float16": "f16"}


class OpenVino:
    def __init__(self, threads, dtype):
        import openvino

        if dtype not in PRECISIONS:
            raise TypeError(f"OpenVINO's CPU plug-in does not compute in {dtype}")
        self.core = openvino.Core()
        self.properties = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": PRECISIONS[dtype],
        }
        self.version = f"OpenVINO {openvino.__version__}"

    def load(self, tensors, settings):
        import openvino

        x = tensors["inputs_q"]
        compiled = self.core.compile_model(
            model(tensors, x.shape, settings["heads"], bool(settings["causal"])),
            "CPU",
            self.properties,
        )
        self.request = compiled.create_infer_request()
        self.request.set_input_tensor(openvino.Tensor(x.copy(), shared_memory=False))

    def call(self):
        self.request.infer()

    def outputs(self):
        return {"output": self.request.get_output_tensor().data.copy()}


def model(tensors, shape, heads, causal):
    import numpy
    import openvino
    from openvino import opset13 as ops

    batch, length, features = shape
    depth = features // heads
    kernel = numpy.concatenate([tensors[f"{n}/kernel"].reshape(features, -1) for n in NAMES], 1)
    bias = numpy.concatenate([tensors[f"{n}/bias"].reshape(-1) for n in NAMES])
    x = ops.parameter(list(shape), numpy.float32)
    qkv = ops.add(ops.matmul(x, ops.constant(kernel), False, False), ops.constant(bias))
    qkv = ops.reshape(qkv, ops.constant([batch, length, 3, heads, depth]), False)
    qkv = ops.transpose(qkv, ops.constant([2, 0, 3, 1, 4]))
    parts = ops.split(qkv, ops.constant(0), 3)
    q, k, v = (ops.squeeze(part, ops.constant([0])) for part in parts.outputs())
    y = ops.scaled_dot_product_attention(q, k, v, causal=causal)
    y = ops.transpose(y, ops.constant([0, 2, 1, 3]))
    y = ops.reshape(y, ops.constant([batch, length, features]), False)
    out = ops.constant(tensors["out/kernel"].reshape(features, features))
    y = ops.add(ops.matmul(y, out, False, False), ops.constant(tensors["out/bias"]))
    return openvino.Model([y], [x], "attention")


peer.serve(OpenVino)
