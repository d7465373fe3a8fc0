"""The least that a server in Python can be: FastAPI around LightGBM's booster.

FASTAPI_MODEL names the model file. POST /infer takes {"data": [number or null, ...]}.
"""
import os

import fastapi
import lightgbm
import numpy as np

app = fastapi.FastAPI()
booster = lightgbm.Booster(model_file=os.environ["FASTAPI_MODEL"])


@app.post("/infer")
async def infer(request: fastapi.Request) -> dict:
    data = (await request.json())["data"]
    row = np.array([data], dtype=np.float64)
    return {"probability": float(booster.predict(row, num_threads=1)[0])}
