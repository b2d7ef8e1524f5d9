"""Step 3 number 採番: every slip that a piece asks for gets its Pay-easy key, convenience-store digits and eL-QR payload.

Numbers are a pure function of the ward's settings, its secret and the slip (`slips.number`); the ledger's constraints make sure
that none is given twice, the issue counter that a slip made again gets a new key.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.batches.states import JobState, get_job, require
from print_service.ledger.database import rows
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Assessment, Job, Piece, Slip
from print_service.notices.documents import SlipRequest
from print_service.notices.documents import slip as slip_document
from print_service.press.forms import load_form
from print_service.vault import confirmation_secret
from print_service.settings import Settings
from print_service.slips.number import NumberingRule, SlipOrder, number_slip
