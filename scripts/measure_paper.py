"""Measures the report on paper: seconds, memory and size by the number of ideas. What docs/sizing.md says.

.venv/bin/python scripts/measure_paper.py [IDEAS ...]
"""

import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# ruff: noqa: E402
from app.report.model import Edition
from app.report.outline import outline
from app.report.typesetting import Bounds, report_pdf
from tests.report.hall import Hall

TEXT = "ปลูกต้นไม้ให้ร่มเงาริมแม่น้ำและทำทางเท้าให้ผู้สูงอายุเดินได้สะดวกทุกชุมชนในเมือง หมู่ที่ {}"


def measure(ideas: int) -> str:
    """One line: in Thai, the full edition with every idea, and the public one."""
    hall = Hall().start()
    filed = [hall.idea(str(1 + number % 3), TEXT.format(number)) for number in range(ideas)]
    hall.theme("Shade", *filed[: ideas // 2])
    figures = []
    for edition in (Edition.PUBLIC, Edition.FULL):
        report = outline(hall.meeting, edition)
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        made = report_pdf(report, ["th"], bounds=Bounds(seconds=600, megabytes=8192))
        took = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        figures += [f"{cpu:.1f} s", f"{took:.1f} s", f"{len(made) / 1e6:.1f} MB"]
    figures.append(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")
    return f"| {ideas:,} | " + " | ".join(figures) + " |"


if __name__ == "__main__":
    print("| Ideas | public: processor | clock | file | full: processor | clock | file | memory |")
    print("|---|---|---|---|---|---|---|---|")
    for count in [int(each) for each in sys.argv[1:]] or [100, 1_000, 4_000]:
        print(measure(count), flush=True)
