"""The notebook's loop: Keras' load_img and predict, one picture at a time.

Usage: python notebook.py WEIGHTS.h5. Reads lines of JSON lists of paths; answers each with the seconds that the loop took.
"""
import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
from keras.applications.resnet50 import ResNet50, preprocess_input
from keras.utils import img_to_array, load_img

model = ResNet50(weights=sys.argv[1], include_top=False, pooling="avg", input_shape=(224, 224, 3))


def embed(path):
    picture = img_to_array(load_img(path, target_size=(224, 224)))
    return model.predict(preprocess_input(np.expand_dims(picture, 0)), verbose=0)


print("ready", flush=True)
for line in sys.stdin:
    paths = json.loads(line)
    start = time.perf_counter()
    for path in paths:
        embed(path)
    print(time.perf_counter() - start, flush=True)
