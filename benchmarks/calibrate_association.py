"""How often the interval of an association from own data holds the truth, over simulated customers.

Run: ``python -m benchmarks.calibrate_association --runs 1000 --seed 1``
"""

import argparse

from tests.cxstats.simulated_associations import SCENES, coverage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("| customers | 95 % intervals that hold the truth | refused |\n|---|---|---|")
    for scene in SCENES:
        coverage(scene, runs=given.runs, seed=given.seed)


if __name__ == "__main__":
    main()
