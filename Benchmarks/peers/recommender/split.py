"""The interactions of a benchmark, and how lists are judged: as our own evaluation does it."""
import pathlib
import sys

import numpy as np
import scipy.sparse as sparse

sys.path.append(str(pathlib.Path(__file__).parents[2]))
import interactions  # noqa: E402  (of the folder above, whatever program imports this)

K = 20


class Split:
    """Users' rows of items to train on, to stop by and to judge by; float32 ones."""

    def __init__(self, folder: str):
        pairs = [interactions.pairs(pathlib.Path(folder) / f"{name}.txt").T
                 for name in ("train", "valid", "test")]
        shape = tuple(1 + max(int(pair[side].max()) for pair in pairs) for side in (0, 1))
        self.train, self.valid, self.test = (
            sparse.csr_matrix((np.ones(len(users), np.float32), (users, items)), shape)
            for users, items in pairs)
        self.users, self.items = shape

    def lists(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
        """The first K of all items for each user by inner products, seen ones left out."""
        return lists(users, items.T, self.train)


class Whole(Split):
    """Also the training and validation parts together, and the test part of what they know."""

    def __init__(self, folder: str):
        super().__init__(folder)
        self.known = (self.train + self.valid).sign().tocsr()
        of_users, of_items = (np.asarray(self.known.sum(axis)).ravel() > 0 for axis in (1, 0))
        known = sparse.diags_array(of_users.astype(np.float32)) @ self.test
        self.test = sparse.csr_matrix(known @ sparse.diags_array(of_items.astype(np.float32)))
        self.test.eliminate_zeros()


def lists(users: np.ndarray, items: np.ndarray, seen: sparse.csr_matrix) -> np.ndarray:
    """The K items with the highest users @ items for each user, best first, without seen ones."""
    found = np.empty((users.shape[0], K), np.int64)
    for start in range(0, users.shape[0], 512):
        scores = users[start:start + 512] @ items
        scores = scores.toarray() if sparse.issparse(scores) else np.asarray(scores)
        rows, columns = seen[start:start + 512].nonzero()
        scores[rows, columns] = -np.inf
        best = np.argpartition(-scores, K, axis=1)[:, :K]
        order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable")
        found[start:start + 512] = np.take_along_axis(best, order, 1)
    return found


def judged(found: np.ndarray, held: sparse.csr_matrix) -> tuple[float, float]:
    """NDCG and recall."""
    counts = np.diff(held.indptr)
    rows = np.repeat(np.arange(len(found)), K)
    hits = np.asarray(held[rows, found.ravel()]).reshape(found.shape) > 0
    discounts = 1 / np.log2(np.arange(2, K + 2))
    ideal = np.concatenate([[0], np.cumsum(discounts)])[np.minimum(K, counts)]
    some = counts > 0
    ndcg = (hits @ discounts)[some] / ideal[some]
    return float(ndcg.mean()), float((hits.sum(1)[some] / counts[some]).mean())
