"""Python's onnxruntime on ready tensors, in batches of 8.

Usage: python onnxruntime_loop.py MODEL.onnx THREADS. Reads lines with a number of batches; answers each with the seconds they took.
"""
import sys
import time

import numpy as np
import onnxruntime as ort

options = ort.SessionOptions()
options.intra_op_num_threads = int(sys.argv[2])
options.inter_op_num_threads = 1
session = ort.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
batch = ((np.arange(8 * 3 * 224 * 224) * 37 % 256) / 128 - 1).astype(np.float32).reshape(8, 3, 224, 224)
session.run(["embedding"], {"image": batch})

print("ready", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        session.run(["embedding"], {"image": batch})
    print(time.perf_counter() - start, flush=True)
