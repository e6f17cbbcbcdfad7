"""The twelve workbooks of the programme: their titles, tabs and columns."""

from __future__ import annotations

import pytest

from app.catalogue.library import Catalogue, read_catalogue
from app.services.sheets.sheet_tabs import layout_of
from integrations.sheets.layout import CHECK, LEFT, REFERENCE, RIGHT

REVIEW = "recensore_sigla conflitto esito_proposto punteggio_0_100 note_per_il_gruppo valutato_il"
PANEL = "innovazione_0_25 fattibilita_0_25 sostenibilita_0_20 impatto_0_20 team_0_10 totale conflitto note"
DESKS = "sede fascia_eta profilo posti giorni fascia inizio durata_mesi attivita scambio"
PLACES = "chiave sede giorno fascia_oraria posti_totali occupati liberi in_lista"
LABS = (
    "titolo tema descrizione destinatari partecipanti_max data_1 data_2 ora_inizio durata_ore incontri gratuito"
    " attrezzature minori_presenti"
)
SCHOOLS = "codice_meccanografico scuola indirizzo_studi classi studenti_totale fsl periodo interessi motivazione"
URBAN = "titolo luogo bisogno idea beneficiari richieste_comune costo_stimato durata_mesi pubblicabile"
IDEAS = "settore fase numero_membri problema soluzione mercato impatto"
NETWORK = (
    "ente_denominazione ente_natura ente_cf ente_runts ente_comune ambiti giovani_raggiunti contributo proposta"
    " conflitti"
)
PROJECTS = "tipo citta titolo corso sintesi persone inizio fine raccolta_dati tipo_dati anonimi parere_etico esiti"

WORKBOOKS = {
    "coworking-cinisello": {
        **{f"Domande – olt-{number}": (DESKS, REVIEW) for number in (1, 2)},
        "Postazioni": (PLACES, ""),
        "Lista d’attesa": ("sede posizione dal", ""),
    },
    "coworking-matera": {
        **{f"Domande – {who}": (DESKS, REVIEW) for who in ("bc-1", "gl-1")},
        "Postazioni": (PLACES, ""),
    },
    "csbno-iscrizioni": {
        "Iscrizioni": ("edizione fascia_eta livello dispositivo posizione_lista", "presenze note_organizzative"),
        "Edizioni": (
            "chiave edizione posti iscritti in_lista min_iscritti inizio fine",
            "aula docente_sigla conferma_edizione",
        ),
    },
    "proposte-laboratori": {
        **{
            f"{place} – {who}": (LABS, f"{REVIEW} data_assegnata")
            for place, pair in (
                ("Pertini", ("csbno-1", "csbno-2")),
                ("Cofò", ("olt-1", "olt-2")),
                ("Matera HubOut", ("bc-1", "gl-1")),
                ("Centro giovani", ("bc-1", "gl-1")),
            )
            for who in pair
        },
        "Calendario": ("chiave sede data ora titolo stato", ""),
    },
    "clab-junior": {
        "Scuole Matera": (SCHOOLS, "esito_proposto gruppo_calendario note"),
        "Scuole Cinisello": (SCHOOLS, "esito_proposto gruppo_calendario note"),
        "Studenti": ("codice_scuola classe fascia_eta", "gruppo"),
    },
    "clab-urbani": {
        **{f"Cinisello Balsamo – {who}": (URBAN, f"{REVIEW} sintesi_integrazione") for who in ("olt-1", "csbno-1")},
        **{f"Matera – {who}": (URBAN, f"{REVIEW} sintesi_integrazione") for who in ("bc-1", "gl-1")},
        "Matera – provincia": (URBAN, "parere_provincia"),
    },
    "ainm-incubazione": {
        **{
            f"Valutazione – {who}": (f"titolo origine {IDEAS} bisogni_tutor", PANEL)
            for who in ("presidenza", "polimi", "comune", "supplente")
        },
        "Percorsi": ("titolo inizio fine", "tutor_sigla ore_fatte prossimo_incontro stato_idea"),
    },
    "basilicata-creativa": {
        **{
            f"Valutazione – {who}": (f"titolo percorso {IDEAS}", PANEL)
            for who in ("presidenza", "gl", "comune", "supplente")
        },
        "Filiere": (
            "filiera_nome filiera_ruolo settore comune_sede filiera_offre",
            "filiera_assegnata referente_filiera_sigla note",
        ),
    },
    "terzo-settore": dict.fromkeys(("Cinisello Balsamo", "Matera"), (NETWORK, "parere incontro_il tavolo note")),
    "generazione-lucana": {
        "Partecipanti": ("fascia_eta comune_residenza ruolo aree disponibilita gruppo_lavoro", "gruppo presenze")
    },
    "polimi-progetti": {
        "Progetti – docente": (PROJECTS, "parere_docente note"),
        "Progetti – citta-cb": (PROJECTS, "parere_citta note"),
        "Progetti – citta-mt": (PROJECTS, "parere_citta note"),
    },
    "cabina-di-regia": {
        "Trasferimento": (
            "ente_richiedente ambito titolo tipo data_inizio data_fine parere_cedente parere_riusante indicatore",
            "esito lezione_appresa",
        ),
        "Indicatori": (
            "chiave mese citta modulo domande ammesse in_lista giorni_medi_risposta under_18 18_24 25_30 31_35",
            "",
        ),
        "Registro decisioni": ("modulo esito deciso_il ruolo protocollo_numero protocollo_data", ""),
    },
}
"""Workbook -> tab -> our columns between those of every case, and the columns at the right end."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    catalogue, faults = read_catalogue()
    assert faults == []
    return catalogue


@pytest.mark.parametrize("workbook", sorted(WORKBOOKS))
def test_a_workbook_has_its_tabs_and_columns_and_no_others(catalogue: Catalogue, workbook: str) -> None:
    tabs = {}
    common = {CHECK, *(column.id for column in (*LEFT, *RIGHT))}
    for call in catalogue.calls.values():
        for tab in call.all_tabs():
            if tab.workbook == workbook:
                right = [column.id for column in tab.columns]
                layout = layout_of(call, tab)
                of_cases = layout.reference == REFERENCE
                ids = [column.id for column in layout.columns if not (of_cases and column.id in common)]
                tabs[tab.title] = (" ".join(id_ for id_ in ids if id_ not in right), " ".join(right))
    assert tabs == WORKBOOKS[workbook]


def test_there_are_twelve_workbooks_with_a_title_each(catalogue: Catalogue) -> None:
    sheets = [call.file.sheet for call in catalogue.calls.values() if call.file.sheet]
    titles = {
        workbook: next(filter(None, (sheet.title_of(workbook) for sheet in sheets)), None) for workbook in WORKBOOKS
    }
    assert len(set(titles.values())) == len(WORKBOOKS) == 12
    assert None not in titles.values()
    assert titles["coworking-matera"] == "HubOut – Coworking Matera"
