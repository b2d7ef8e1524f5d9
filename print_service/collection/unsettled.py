"""Money that came and does not fit yet: until a person has settled it, whoever paid it is not written to.

A surplus 過誤納 has to be applied to what else its payer owes before anybody dunns him (充当, 地方税法17条の2), so it holds the payer; so does
money for an assessment that was replaced. A payment that fell short, a correction, and a transfer of money that no file told of are about one
instalment, or about every one where the whole year's slip was used. Read by step 12 (dun) and, until posting, by the pull list.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.collection.weigh import WHOLE_YEAR
from print_service.ledger.collection_tables import PaymentException
from print_service.ledger.tables import Assessment

RULE = "dunning.money-to-settle"
SURPLUS = (
    "collection.overpaid",
    "collection.double-slip",
    "collection.double-instalment",
    "collection.withdrawn-assessment",
)
DOUBTFUL = ("collection.underpaid", "collection.correction", "collection.transfer-without-payment")


@dataclass(frozen=True)
class Unsettled:
    """Payers, and (assessment, period) with period 0 for all of them, that wait for a person."""

    payers: frozenset[str]
    parts: frozenset[tuple[int, int]]

    def holds(self, payer_key: str, assessment_id: int | None, period: int | None) -> bool:
        """Whether a letter to that payer about that instalment has to wait."""
        if payer_key in self.payers:
            return True
        return assessment_id is not None and not self.parts.isdisjoint(
            {(assessment_id, WHOLE_YEAR), (assessment_id, period or WHOLE_YEAR)}
        )


def unsettled(session: Session) -> Unsettled:
    """What is open in the work list, as far as it names anybody."""
    columns = (PaymentException.key, Assessment.payer_key, PaymentException.assessment_id, PaymentException.period)
    waiting = (PaymentException.cleared_at.is_(None), PaymentException.settled_at.is_(None))
    found = session.execute(
        select(*columns)
        .join(Assessment, Assessment.id == PaymentException.assessment_id)
        .where(*waiting, PaymentException.key.in_((*SURPLUS, *DOUBTFUL)))
    ).all()
    return Unsettled(
        frozenset(row.payer_key for row in found if row.key in SURPLUS),
        frozenset((row.assessment_id, row.period or WHOLE_YEAR) for row in found if row.key in DOUBTFUL),
    )
