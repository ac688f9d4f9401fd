"""``python -m archiveia``: the same as the ``archiveia`` command."""

import sys

from archiveia.cli import main

if __name__ == "__main__":
    sys.exit(main())
