"""Writes ../resources/golden/ops.txt: JAX's results for small arrays, for OracleTest.

Run with the modern oracle's Python (jax==0.10.2). One case a line, fields separated by tabs:
the operation, the expected result, the operands; an array is dtype:shape:values.
"""

import pathlib

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
from jax import lax, nn

rng = np.random.default_rng(11)
lines = []


def text(x):
    x = np.asarray(x)
    if x.dtype == np.float64:
        values = [repr(v) for v in x.ravel().tolist()]
    elif x.dtype.kind in "fV":  # bfloat16 is V
        values = [str(v) for v in x.astype(np.float32).ravel()]
    else:
        values = [str(int(v)) for v in x.ravel()]
    return f"{x.dtype.name}:{','.join(map(str, x.shape))}:{','.join(values)}"


def case(name, function, *operands):
    operands = [np.asarray(o) for o in operands]
    result = function(*[jnp.asarray(o) for o in operands])
    lines.append("\t".join([name, text(result), *map(text, operands)]))


def draw(dtype, *shape, low=-3.0, high=3.0):
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype == "uint8":
        return rng.integers(0, 256, shape).astype(np.uint8)
    if dtype == "uint32":
        return rng.integers(0, 2**32, shape).astype(np.uint32)
    if dtype == "int32":
        return rng.integers(-50, 50, shape).astype(np.int32)
    return rng.uniform(low, high, shape).astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


FLOATS = ["float32", "bfloat16", "float16", "float64"]
ALL = [*FLOATS, "int32", "uint8", "uint32", "bool"]
SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0], np.float32)

UNARY = {
    "negative": jnp.negative, "abs": jnp.abs, "sign": jnp.sign, "square": jnp.square,
    "reciprocal": jnp.reciprocal, "sqrt": jnp.sqrt, "rsqrt": lax.rsqrt, "cbrt": jnp.cbrt,
    "exp": jnp.exp, "exp2": jnp.exp2, "expm1": jnp.expm1, "log": jnp.log, "log2": jnp.log2,
    "log1p": jnp.log1p, "sin": jnp.sin, "cos": jnp.cos, "tanh": jnp.tanh, "sigmoid": nn.sigmoid,
    "erf": jax.scipy.special.erf, "erfc": jax.scipy.special.erfc,
    "erfInv": jax.scipy.special.erfinv, "relu": nn.relu, "silu": nn.silu, "gelu": nn.gelu,
    "geluExact": lambda x: nn.gelu(x, approximate=False), "softplus": nn.softplus,
    "floor": jnp.floor, "ceil": jnp.ceil, "round": jnp.round,
    "isNan": jnp.isnan, "isInf": jnp.isinf, "isFinite": jnp.isfinite,
    "logicalNot": jnp.logical_not,
}
POSITIVE = {"sqrt", "rsqrt", "log", "log2"}
for name, f in UNARY.items():
    for dtype in FLOATS:
        jax.config.update("jax_enable_x64", dtype == "float64")
        low, high = (0.1, 9.0) if name in POSITIVE else (-0.9, 0.9) if name == "erfInv" else (-3.0, 3.0)
        if name == "log1p":
            low = -0.9
        case(name, f, draw(dtype, 7, low=low, high=high))
    jax.config.update("jax_enable_x64", False)
    if name not in ("reciprocal", "silu", "gelu", "geluExact", "softplus"):
        case(name, f, SPECIAL)
for name in ("negative", "abs", "sign", "square", "relu"):
    case(name, UNARY[name], draw("int32", 5))
for name in ("sqrt", "exp", "tanh"):
    case(name, UNARY[name], draw("int32", 5) % 9)

BINARY = {
    "add": jnp.add, "subtract": jnp.subtract, "multiply": jnp.multiply, "divide": jnp.divide,
    "floorDivide": jnp.floor_divide, "remainder": jnp.remainder, "power": jnp.power,
    "maximum": jnp.maximum, "minimum": jnp.minimum, "equal": jnp.equal,
    "notEqual": jnp.not_equal, "less": jnp.less, "lessEqual": jnp.less_equal,
    "greater": jnp.greater, "greaterEqual": jnp.greater_equal, "logicalAnd": jnp.logical_and,
    "logicalOr": jnp.logical_or, "logicalXor": jnp.logical_xor,
}
for name, f in BINARY.items():
    for a in ALL:
        for b in ALL:
            if {a, b} == {"int32", "uint32"} or "bool" in (a, b) and name in ("floorDivide", "remainder", "power", "subtract"):
                continue
            if rng.random() < 0.5 and a != b:
                continue
            x, y = draw(a, 2, 1, 3), draw(b, 3, 1)
            if name in ("floorDivide", "remainder"):
                y = np.where(np.asarray(y) == 0, np.asarray(1, y.dtype), y)
            if name == "power":
                x = np.abs(x.astype(np.float64) % 4 + 0.5).astype(x.dtype)
                y = (y.astype(np.float64) % 4).astype(y.dtype)
            jax.config.update("jax_enable_x64", "float64" in (a, b))
            if jnp.result_type(x, y).name == "int64":
                continue
            case(name, f, x, y)
    jax.config.update("jax_enable_x64", False)
    if name not in ("floorDivide", "remainder"):
        case(name, f, SPECIAL[:, None], SPECIAL[None, :])
for x, y in ((7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (6.0, 3.0), (-6.0, 3.0)):
    for name in ("floorDivide", "remainder"):
        case(name, BINARY[name], np.float32(x), np.float32(y))
        case(name, BINARY[name], np.int32(x), np.int32(y))

REDUCE = {
    "sum": jnp.sum, "prod": jnp.prod, "max": jnp.max, "min": jnp.min, "mean": jnp.mean,
    "var": jnp.var, "std": jnp.std, "any": jnp.any, "all": jnp.all,
    "logsumexp": jax.scipy.special.logsumexp,
}
for name, f in REDUCE.items():
    for dtype in ALL:
        jax.config.update("jax_enable_x64", dtype == "float64")
        if dtype in ("int32", "uint8", "uint32") and jax.config.jax_enable_x64:
            continue
        x = draw(dtype, 3, 4, 5)
        case(name, f, x)
        case(name + " 1", lambda x: f(x, axis=1), x)
        case(name + " 0,2", lambda x: f(x, axis=(0, 2)), x)
    jax.config.update("jax_enable_x64", False)
case("max", jnp.max, SPECIAL)
case("logsumexp", jax.scipy.special.logsumexp, np.full(3, -np.inf, np.float32))
case("sum", jnp.sum, np.zeros((0, 3), np.float32))

for name, f in {"softmax": nn.softmax, "logSoftmax": nn.log_softmax, "cumsum": jnp.cumsum, "cumprod": jnp.cumprod}.items():
    for dtype in FLOATS:
        jax.config.update("jax_enable_x64", dtype == "float64")
        for axis in (0, -1):
            case(f"{name} {axis}", lambda x: f(x, axis=axis), draw(dtype, 4, 5))
    jax.config.update("jax_enable_x64", False)
case("softmax -1", nn.softmax, np.array([[np.nan, 1, 2], [np.inf, 1, 2], [-np.inf, 1, 2], [-np.inf] * 3], np.float32))
case("cumsum 1", lambda x: jnp.cumsum(x, axis=1), draw("uint8", 2, 6))
case("cumsum 1", lambda x: jnp.cumsum(x, axis=1), draw("bool", 2, 6))

for dtype in ("float32", "int32"):
    x = draw(dtype, 3, 6)
    x[1, 2] = x[1, 4]
    for name, f in {"argmax": jnp.argmax, "argmin": jnp.argmin, "argsort": jnp.argsort, "sort": jnp.sort}.items():
        case(f"{name} 1", lambda x: f(x, axis=1), x)
        case(f"{name} 0", lambda x: f(x, axis=0), x)
    case("topK values", lambda x: lax.top_k(x, 3)[0], x)
    case("topK indices", lambda x: lax.top_k(x, 3)[1], x)
for name, f in {"argmax": jnp.argmax, "argmin": jnp.argmin, "argsort": jnp.argsort, "sort": jnp.sort}.items():
    case(f"{name} 0", f, SPECIAL)

x = draw("float32", 3, 4, 5)
i = rng.integers(-3, 3, (2, 2)).astype(np.int32)
j = rng.integers(-4, 4, (2,)).astype(np.int32)
case("take 0", lambda x, i: jnp.take(x, i, axis=0), x, i)
case("take 1", lambda x, i: jnp.take(x, i, axis=1), x, i)
case("takeAlongAxis 1", lambda x, i: jnp.take_along_axis(x, i, axis=1), x, rng.integers(-4, 4, (3, 2, 5)).astype(np.int32))
case("takeAlongAxis 1", lambda x, i: jnp.take_along_axis(x, i, axis=1), x, rng.integers(-4, 4, (1, 2, 1)).astype(np.int32))
case("index", lambda x, i, j: x[i, j], x, i, j)
case("where", jnp.where, draw("bool", 4, 1), draw("int32", 5), draw("bfloat16", 3, 1, 5))
case("where", jnp.where, draw("float32", 4), draw("float32", 4), draw("float32", 4))
case("tril 1", lambda x: jnp.tril(x, 1), x)
case("triu -1", lambda x: jnp.triu(x, -1), x)
case("transpose", jnp.transpose, x)
case("transpose 1,2,0", lambda x: jnp.transpose(x, (1, 2, 0)), x)
case("moveaxis 0,-1", lambda x: jnp.moveaxis(x, 0, -1), x)
case("swapaxes 0,-1", lambda x: jnp.swapaxes(x, 0, -1), x)
case("flip 1", lambda x: jnp.flip(x, 1), x)
case("flip", jnp.flip, x)
case("reshape 5,-1,2", lambda x: jnp.reshape(x, (5, -1, 2)), x)
case("expandDims 0,-1", lambda x: jnp.expand_dims(x, (0, -1)), x)
case("squeeze", jnp.squeeze, draw("float32", 1, 3, 1))
case("squeeze 2", lambda x: jnp.squeeze(x, 2), draw("float32", 1, 3, 1))
case("broadcastTo 2,3,4", lambda x: jnp.broadcast_to(x, (2, 3, 4)), draw("float32", 3, 1))
case("tile 2,1,3", lambda x: jnp.tile(x, (2, 1, 3)), draw("float32", 2, 2))
case("repeat 3,1", lambda x: jnp.repeat(x, 3, axis=1), draw("float32", 2, 2))
case("concatenate 1", lambda x, y: jnp.concatenate([x, y], 1), draw("int32", 2, 3), draw("float16", 2, 1))
case("stack -1", lambda x, y: jnp.stack([x, y], -1), draw("uint8", 2, 3), draw("uint8", 2, 3))
case("pad 1,0;0,2", lambda x: jnp.pad(x, ((1, 0), (0, 2)), constant_values=7), draw("float32", 2, 2))
case("dynamicSlice 5,-2;2,2", lambda x: lax.dynamic_slice(x, (5, -2), (2, 2)), draw("float32", 4, 4))
case("dynamicUpdateSlice 3,1", lambda x, u: lax.dynamic_update_slice(x, u, (3, 1)), draw("float32", 4, 4), draw("float32", 2, 2))
case("x[1:, None, ::-2]", lambda x: x[1:, None, ::-2], x)
case("x[..., -1]", lambda x: x[..., -1], x)
case("x[-1, 5:0:-2, 1:99]", lambda x: x[-1, 5:0:-2, 1:99], x)
case("set x[1, ::2]", lambda x, v: x.at[1, ::2].set(v), x, draw("int32", 2, 1))

for spec, *shapes in (
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ij->ji", (2, 3)), ("ij->", (2, 3)),
    ("ii->i", (3, 3)), ("ii", (3, 3)), ("iij->j", (3, 3, 2)), ("ba", (2, 3)), ("i,j->ij", (2,), (3,)),
    ("...qhd,...khd->...hqk", (2, 5, 3, 4), (2, 6, 3, 4)), ("...hqk,...khd->...qhd", (2, 3, 5, 6), (2, 6, 3, 4)),
    ("...ij,...jk->...ik", (2, 1, 2, 3), (5, 3, 4)), ("...i->...", (2, 3)), ("i...->...", (2, 3)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("ij,kj,l->ik", (2, 3), (4, 3), (5,)),
    ("bij,bjk->bik", (1, 2, 3), (5, 3, 4)), ("ij,ij->ij", (2, 3), (2, 3)), ("ij,ij->", (2, 3), (2, 3)),
    ("ij,j->i", (2, 3), (1,)), ("a,a,a->a", (3,), (3,), (3,)), ("...,...", (2, 3), (3,)),
):
    for dtype in ("float32", "bfloat16", "int32"):
        case("einsum " + spec, lambda *xs: jnp.einsum(spec, *xs), *[draw(dtype, *s) for s in shapes])
for a, b in (((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((4, 1, 2, 3), (5, 3, 2)), ((3,), (5, 3, 2)), ((5, 2, 3), (3,)), ((2, 3), (5, 3, 2))):
    for dtype in ("float32", "float16", "int32"):
        case("matmul", jnp.matmul, draw(dtype, *a), draw(dtype, *b))
for source in ("float32", "bfloat16", "float16", "int32", "uint8", "uint32", "bool"):
    for target in ("float32", "bfloat16", "float16", "int32", "uint8", "uint32", "bool"):
        x = draw(source, 5)
        if source in ("float32", "bfloat16", "float16") and target in ("uint8", "uint32"):
            x = np.abs(x)
        case("astype " + target, lambda x: x.astype(target), x)

out = pathlib.Path(__file__).parent.parent / "resources/golden/ops.txt"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text("\n".join(lines) + "\n")
print(len(lines), "cases,", out.stat().st_size, "bytes")
