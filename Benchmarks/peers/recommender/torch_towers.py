"""Two towers over ids in PyTorch, with the softmax over all items for each user's items at once.

Usage: torch_towers.py FOLDER THREADS TARGET
The same model as ours: 64 wide, unit length, temperature 0.2, Adam 0.02, 1,024 users a step, at most
60 epochs, until the validation lists have not become better for 5. After each epoch the validation
and the test lists are judged with the clock stopped.
"""
import json
import sys
import time

import numpy as np
import torch
from split import K, Split, judged

WIDTH, TEMPERATURE, RATE, USERS, EPOCHS, PATIENCE = 64, 0.2, 0.02, 1024, 60, 5


def unit(table: torch.nn.Embedding, rows: torch.Tensor | None = None) -> torch.Tensor:
    vectors = table.weight if rows is None else table(rows)
    return torch.nn.functional.normalize(vectors, dim=1)


def step(users: torch.nn.Embedding, items: torch.nn.Embedding, chosen: torch.Tensor,
         taken: torch.Tensor) -> torch.Tensor:
    """The mean over all of the users' items of -log softmax.

    Faster than `logsumexp` less the scores taken, by a mask, by index or by a sparse product.
    """
    scores = unit(users, chosen) @ unit(items).T / TEMPERATURE
    return torch.nn.functional.cross_entropy(scores, taken, reduction="sum") / taken.sum()


def main() -> None:
    folder, threads, target = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    data = Split(folder)
    torch.set_num_threads(threads)
    torch.manual_seed(42)
    random = np.random.default_rng(42)
    clock = time.perf_counter
    start, judging = clock(), 0.0
    users = torch.nn.Embedding(data.users, WIDTH)
    items = torch.nn.Embedding(data.items, WIDTH)
    torch.nn.init.normal_(users.weight, std=0.1)
    torch.nn.init.normal_(items.weight, std=0.1)
    adam = torch.optim.Adam([*users.parameters(), *items.parameters()], lr=RATE, fused=True)
    taken = torch.from_numpy(data.train.toarray())
    active = np.flatnonzero(np.diff(data.train.indptr))
    reached, best, done = None, (0, 0.0, 0.0, 0.0), (0, 0.0)
    for epoch in range(1, EPOCHS + 1):
        order = random.permutation(active)
        for first in range(0, len(order), USERS):
            chosen = torch.from_numpy(order[first:first + USERS])
            adam.zero_grad(set_to_none=True)
            step(users, items, chosen, taken[chosen]).backward()
            adam.step()
        seconds = clock() - start - judging
        pause = clock()
        with torch.no_grad():
            scores = (unit(users) @ unit(items).T).masked_fill_(taken > 0, -torch.inf)
            found = torch.topk(scores, K).indices.numpy()
        valid, _ = judged(found, data.valid)
        ndcg, recall = judged(found, data.test)
        if reached is None and ndcg >= target:
            reached = epoch, seconds
        if epoch - best[0] <= PATIENCE and valid > best[1]:
            best = epoch, valid, ndcg, recall
        if epoch - best[0] <= PATIENCE:
            done = epoch, seconds
        elif reached:
            break
        judging += clock() - pause
    print(json.dumps({
        "seconds": reached and reached[1], "epochs": reached and reached[0],
        "ndcg": best[2], "recall": best[3], "all_epochs": done[0], "all_seconds": done[1]}))


main()
