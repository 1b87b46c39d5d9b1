"""Measurements of imagery beside its peers: ``python -m benchmarks`` lists them.

Ours and the peers run on one thread unless a row says otherwise. The libraries read these variables when they are first
imported, so they are set here, before any of them; who sets them outside is obeyed.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
