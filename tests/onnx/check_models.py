#!/usr/bin/python3
"""Lets onnx's own checker look at every FOLDER/*/model.onnx, with its inference of shapes: check_models.py FOLDER"""

import pathlib
import sys

try:
    import onnx
except ImportError:
    print("skipped: python3-onnx is not installed")
    sys.exit(77)

models = sorted(pathlib.Path(sys.argv[1]).glob("*/model.onnx"))
failed = 0
for path in models:
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        assert model.producer_name == "xtape" and model.ir_version == 8 and model.opset_import[0].version == 17
    except Exception as error:  # whatever the checker throws
        print(f"{path.parent.name}: {error}")
        failed += 1
print(f"{len(models) - failed} of {len(models)} models pass onnx {onnx.__version__}'s checker")
sys.exit(1 if failed or not models else 0)
