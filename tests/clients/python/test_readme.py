"""The README's story runs as it stands there."""

import re
from pathlib import Path

README = Path(__file__).parents[3] / "README.md"


def test_the_story_of_the_readme_runs(server):
    snippet = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL).group(1)
    here = snippet.replace('SESAME = "127.0.0.1:4260"', f'SESAME = "{server.endpoint}"')
    assert here != snippet
    exec(compile(here, "README.md", "exec"), {})
