"""The generated reference: events, commands, refusals, frames, types, settings, the plan.

`python -m app.reference` (`make reference`) writes it into `docs/`. It has no words of its own for
them: what it says stands in the definitions, and it refuses to write while a definition lacks it.
"""

from app.reference.gaps import gaps
from app.reference.pages import pages

__all__ = ["gaps", "pages"]
