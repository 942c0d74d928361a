"""The floor: the workload's cells and assertions ``exec``ed in a child forked from a process that has TensorFlow imported."""

import json
import os
import sys
import time

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
began = time.perf_counter()
import tensorflow as tf  # noqa: E402 - timed
from tensorflow import keras  # noqa: E402

_ = (keras.Sequential, keras.losses.SparseCategoricalCrossentropy, keras.optimizers.Adam, keras.layers.Dense)
imported = time.perf_counter() - began

from workload import ASSERTIONS, CELLS  # noqa: E402 - after what is timed

walls = []
cpus = []
for _ in range(int(sys.argv[1])):
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        space: dict[str, object] = {}
        for source in (*CELLS, *ASSERTIONS.values()):
            exec(source, space)
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    walls.append(time.perf_counter() - began)
    cpus.append(usage.ru_utime + usage.ru_stime)
    if status != 0:
        sys.exit("the floor's child failed")
print(json.dumps({"import_s": imported, "wall_s": walls, "cpu_s": cpus}))
