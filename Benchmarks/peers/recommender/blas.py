"""The linear algebra and the processor's kernels that the peers use, as one line of JSON."""
import json

import numpy  # noqa: F401
import scipy.linalg  # noqa: F401

try:
    import torch
except ImportError:  # installed with --torch only
    torch = None
from threadpoolctl import threadpool_info

words = {}
for library in threadpool_info():
    if library["user_api"] == "blas":
        owner = "NumPy" if "numpy.libs" in library["filepath"] else "SciPy"
        words[owner] = f"OpenBLAS {library['version']}, core {library['architecture']}"
if torch:
    mkl = next((line.strip(" -") for line in torch.__config__.show().splitlines()
                if "Math Kernel Library Version" in line), "")
    kernels = torch.backends.cpu.get_cpu_capability()
    words["PyTorch"] = f"{mkl.split('-Product')[0] or 'no MKL'}, own kernels {kernels}"
print(json.dumps(words))
