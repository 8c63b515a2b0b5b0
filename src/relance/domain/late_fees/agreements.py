"""What the contracts say (to everybody, a kind of debtor, a client, an invoice) -> one contract per invoice.

The governing law is one of the things said, never guessed from an address. It must not know where the levels are
written, nor what happened to a debt since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import asdict, replace

from relance.domain.late_fees.contracts import Contract, Order
from relance.domain.late_fees.law import FeeRule, Law, RateSpec
from relance.domain.late_fees.terms import check_term, is_summary, parse_terms
from relance.domain.model import Client, Invoice, Kind
from relance.domain.names import fold, fold_name
from relance.errors import Problem


class Said(Struct, frozen=True, kw_only=True, eq=False):
    """What one level says; None where it leaves the word to the level above.

    `sentence` is the contract's wording of the rate; `usage` a special limit of payment terms; `performed` the day the
    service was completed; `country` the two letters of the governing law.
    """

    rate: RateSpec | None = None
    sentence: str | None = None
    order: Order | None = None
    single_rate: bool | None = None
    indemnity: Decimal | None = None
    formal_notice: date | None = None
    insolvency: date | None = None
    performed: date | None = None
    country: str | None = None
    usage: str | None = None

    def over(self, above: Said) -> Said:
        """This level over the one above. A rate said without a sentence is not that of the sentence above.

        >>> above = Said(sentence="3 fois le taux légal", usage="transport")
        >>> below = Said(rate=RateSpec(points=Decimal(12))).over(above)
        >>> below.sentence, below.usage
        ('', 'transport')
        """
        own = {name: value for name, value in asdict(self).items() if value is not None}
        if self.rate is not None and self.sentence is None:
            own["sentence"] = ""
        return replace(above, **own) if own else above


class Agreements:
    """Under which law and contract each invoice's late fees are computed.

    `laws` by country; `everybody` names one, and what it says of rates and indemnity holds for professionals: a
    consumer owes a contract's rate only where it was accepted, said of consumers, of the client or of the invoice.
    `kinds` by word, `clients` and `invoices` by folded name. `tolerance_of` gives the open amount that counts as
    settled; `by_client` promises that it is the same for all invoices of a client that name the same policy. One
    `Contract` object serves all invoices of which the same was said: contracts are cached by identity.
    """

    def __init__(
        self,
        laws: Mapping[str, Law],
        everybody: Said,
        *,
        kinds: Mapping[str, Said],
        clients: Mapping[str, Said],
        invoices: Mapping[str, Said],
        tolerance_of: Callable[[Invoice], Decimal],
        by_client: bool = False,
    ) -> None:
        self.laws = laws
        self.everybody = everybody
        self._consumers = replace(everybody, rate=None, sentence=None, single_rate=None, indemnity=None)
        self.kinds, self.clients, self.invoices = kinds, clients, invoices
        self.tolerance_of = tolerance_of
        self._alike = not (kinds or clients or invoices)
        self._clients: dict[str, Said | None] = {}
        self._by_client = by_client and not invoices
        self._terms: dict[tuple[str, str | None], tuple[FeeRule, Contract]] = {}
        self._rules: dict[tuple[str, Kind], FeeRule] = {}
        self._said: dict[tuple[Said, ...], Said] = {}
        self._contracts: dict[tuple[int, Decimal], Contract] = {}

    def said_of(self, invoice: Invoice) -> Said:
        """Everything said for an invoice: everybody < kind of debtor < client < invoice."""
        base = self._consumers if invoice.client.kind is Kind.CONSUMER else self.everybody
        if self._alike:
            return base
        levels = base, *self._levels(invoice)
        if levels not in self._said:
            said = base
            for level in levels[1:]:
                said = level.over(said)
            self._said[levels] = said
        return self._said[levels]

    def terms_for(self, invoice: Invoice) -> tuple[FeeRule, Contract]:
        """The rule and the contract of an invoice: looked up once per client where nothing is said by invoice."""
        if not self._by_client:
            return self.rule_for(invoice), self.contract_for(invoice)
        key = invoice.client.key, invoice.policy
        if (known := self._terms.get(key)) is None:
            known = self._terms[key] = self.rule_for(invoice), self.contract_for(invoice)
        return known

    def rule_for(self, invoice: Invoice) -> FeeRule:
        """The rule of the debtor's kind (a business unless said otherwise) under the law that governs the contract."""
        key = self.said_of(invoice).country or "", invoice.client.kind or Kind.BUSINESS
        if key not in self._rules:
            self._rules[key] = self.laws[key[0]].rule(key[1])
        return self._rules[key]

    def contract_for(self, invoice: Invoice) -> Contract:
        """What was agreed for this invoice, and the amount left that counts as nothing."""
        said, tolerance = self.said_of(invoice), self.tolerance_of(invoice)
        key = id(said), tolerance
        if (known := self._contracts.get(key)) is None:
            known = self._contracts[key] = Contract(
                rate=said.rate,
                sentence=said.sentence or "",
                single_rate=bool(said.single_rate),
                order=said.order or Order.INTEREST_FIRST,
                indemnity=said.indemnity,
                tolerance=tolerance,
                formal_notice=said.formal_notice,
                insolvency=said.insolvency,
            )
        return known

    def sentence_for(self, invoice: Invoice) -> str:
        """The wording of the contract that sets the rate ("" = none kept)."""
        return self.contract_for(invoice).sentence

    def check_term(self, invoice: Invoice) -> Problem | None:
        """A warning where the due date is later than the law of this debtor allows (see `terms.check_term`)."""
        text = invoice.terms
        usage = self.said_of(invoice).usage or ("summary" if text and is_summary(text) else "")
        terms = parse_terms(text) if text else None  # those of the row tell which of the lawful limits counts
        return check_term(invoice, self.terms_for(invoice)[0], terms=terms, usage=usage)

    def _levels(self, invoice: Invoice) -> Iterator[Said]:
        if self.kinds and (said := self.kinds.get(invoice.client.kind or Kind.BUSINESS)):
            yield said
        if self.clients and (said := self._of_client(invoice.client)):
            yield said
        if self.invoices and (said := self.invoices.get(fold(invoice.number))):
            yield said

    def _of_client(self, client: Client) -> Said | None:
        if client.key not in self._clients:
            found = (self.clients.get(fold_name(name)) for name in (client.code, client.key, client.name) if name)
            self._clients[client.key] = next((said for said in found if said), None)
        return self._clients[client.key]
