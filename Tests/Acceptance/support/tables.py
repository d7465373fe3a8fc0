"""Made-up tables, as bytes of CSV."""
import random


def customers(program, folder, count, rows, first_seed=1):
    """Labelled tables of customers, one for each seed."""
    tables = []
    for seed in range(first_seed, first_seed + count):
        path = folder / f"customers-{rows}-{seed}.csv"
        program("generate", "churn", "--rows", rows, "--seed", seed, "--out", path)
        tables.append(path.read_bytes())
    return tables


def unlabelled(table):
    """The table without its last column, the label."""
    return b"".join(line.rsplit(b",", 1)[0] + b"\n" for line in table.splitlines())


def misnamed(table):
    """The table without a column that the champion needs."""
    return table.replace(b"tenure_months", b"months")


def moved(table, column, value):
    """The table with one value in all cells of a column."""
    header, *rows = table.splitlines()
    place = header.split(b",").index(column)
    cells = [row.split(b",") for row in rows]
    return b"\n".join([header, *(b",".join([*row[:place], value, *row[place + 1:]])
                                 for row in cells)]) + b"\n"


def another(table, name):
    """The table with one more customer, known by a name and nothing else."""
    return table + name.encode() + b"," * table.splitlines()[0].count(b",") + b"\n"


def parts(table, rows):
    """The rows of a table, so many at a time and never the same ones twice."""
    header, *lines = table.splitlines(keepends=True)
    return [header + b"".join(lines[start:start + rows]) for start in range(0, len(lines), rows)]


class CustomerStream:
    """Customers of one large table, never the same ones twice."""

    def __init__(self, program, folder, rows=60_000):
        table, = customers(program, folder, 1, rows, first_seed=3)
        self.header, *self.lines = table.splitlines(keepends=True)
        self.next = 0

    def take(self, rows, labelled):
        chosen = self.lines[self.next:self.next + rows]
        assert len(chosen) == rows, "the customers are used up"
        self.next += rows
        table = self.header + b"".join(chosen)
        return table if labelled else unlabelled(table)


def interactions(seed, users=400, items=120, each=10):
    """Users and items; most pairs are of the user's taste, of which there are four."""
    chance = random.Random(seed)
    rows = []
    for user in range(users):
        for _ in range(each):
            item = chance.randrange(items)
            rows.append((user, item if chance.random() < 0.2 else item // 4 * 4 + user % 4))
    return b"user,item\n" + b"".join(b"u%d,i%d\n" % row for row in rows)
