"""The French words for the codes of the program, as archivists read them."""

from __future__ import annotations

from archiveia.steps.cleaning import LABELS as CHECKS
from archiveia.steps.eliminate_lines import SUPPORTS
from archiveia.steps.publication import TAKEDOWN_REASONS
from archiveia.values import TakedownReason

FIELDS = {
    "class": "Type de document",
    "subject": "Sujet",
    "subject_proposal": "Sujet proposé",
    "subject_refused": "Sujet refusé",
    "class_to_review": "Type à vérifier",
    "class_runner_up": "Second choix de type",
    "class_reasons": "Indices du type",
    "date": "Date du document",
    "session_on": "Date de séance",
    "signed_on": "Date de signature",
    "stamped_on": "Date d’un cachet ou d’une formalité",
    "title": "Titre ou objet",
    "cote": "Cote",
    "reference": "Référence",
    "amount": "Montant",
    "parcel": "Parcelle cadastrale",
    "person": "Personne",
    "place": "Lieu",
    "commune": "Commune (code officiel)",
    "organisation": "Organisme",
    "language": "Langue",
    "producer": "Service producteur",
    "w_number": "Numéro de versement (W)",
    "box": "Boîte",
    "location": "Emplacement",
    "linear_metres": "Mètres linéaires",
    "support": "Support",
    "access_category": "Catégorie de communicabilité",
    "retention_rule": "Règle de conservation",
    "trigger_on": "Point de départ de la DUA",
    "closed_on": "Date de clôture",
    "decided_on": "Date de décision",
    "use_ended_on": "Fin d’usage",
    "death_on": "Date de décès",
    "birth_on": "Date de naissance",
    "legible_enough": "Pages relues : rien de caché",
    "about_one_person": "Ne concerne qu’une personne",
    "not_prolonged": "Délai non prolongé (loi 2021-998) : vérifié",
    "proposed_cut": "Coupure proposée",
    "missing_page": "Page manquante",
    "hold": "Gel (contentieux, enquête…)",
    "question": "Question posée",
    "finding": "Constat",
    "finding_decided": "Constat décidé",
}
ORIGINS = {"rule": "règle", "model": "modèle", "import": "import", "person": "personne"}
OUTCOMES = {
    "indexed": "traité",
    "duplicate": "doublon",
    "rejected": "refusé",
    "failed": "en échec",
    "waiting": "en attente",
}
PAGE_STATES = {
    "text": "lue",
    "blank": "blanche",
    "illegible": "illisible",
    "handwritten": "manuscrite",
    "failed": "en échec",
    "waiting": "en attente",
}
REQUEST_STATES = {"received": "reçue", "answered": "communiquée", "refused": "refusée", "closed": "close"}
REQUEST_KINDS = {
    "crpa": "communication d’un document",
    "derogation": "consultation par dérogation d’un document non communicable",
    "rgpd-15": "accès à mes données personnelles",
    "rgpd-16": "rectification de mes données personnelles",
    "rgpd-17": "effacement de mes données personnelles",
    "rgpd-18": "limitation du traitement de mes données",
    "rgpd-20": "portabilité de mes données",
    "rgpd-21": "opposition au traitement de mes données",
}
URGENCIES = {"late": "délai dépassé", "soon": "échéance proche", "on_time": "dans les délais"}
SORTS = {"C": "conservation", "T": "tri", "E": "élimination (sur visa)"}
CONFIDENCES = {
    "high": "source vérifiée",
    "medium": "source à confirmer",
    "low": "source fragile",
    "none": "sans source",
}
TRIGGERS = {"known": "connu", "estimated": "estimé", "open": "pas encore venu", "unknown": "inconnu"}
ACTIONS = {
    "confirm": "Description confirmée",
    "publish": "Publication",
    "withdraw": "Retrait de la publication",
    "split": "Coupure",
    "merge": "Réunion",
    "reorder": "Pages remises en ordre",
    "undo": "Annulation",
    "undo_decision": "Décision annulée",
    "ask": "Question posée",
    "answer": "Réponse à une question",
    "import_text": "Texte importé",
    "drop_text": "Texte importé abandonné",
    "copies": "Copies",
    "subject": "Indexation",
    "name": "Autorité de noms",
    "check": "Contrôle",
    "account": "Compte",
    "read_sensitive": "Lecture d’un document sensible",
    "close": "Fermeture : pages ou texte ajoutés",
    "hold": "Gel étendu aux pages déplacées",
    "request": "Demande d’accès",
    "thesaurus": "Thésaurus",
    "rules_import": "Tableau de gestion importé",
    "rules_adopt": "Tableau de gestion adopté",
    "rules_sign": "Tableau de gestion signé",
    "rules_unsign": "Signature retirée",
    "rules_export": "Tableau de gestion exporté",
    "sample": "Échantillon tiré",
    "alert": "Durées maximales dépassées : courriel envoyé",
    "export": "Export",
    "login": "Connexion",
    "login_refused": "Connexion refusée",
    "locked": "Compte bloqué",
    "logout": "Déconnexion",
    "purge": "Purge de valeurs personnelles",
    "own_data": "Purge de données du service",
    "destroy": "Destruction",
    "elim_draft": "Bordereau préparé",
    "elim_issue": "Bordereau émis",
    "elim_sign_service": "Bordereau signé (service)",
    "elim_sign_authority": "Bordereau signé (maire ou président)",
    "elim_send": "Bordereau envoyé",
    "elim_visa": "Visa enregistré",
    "elim_withdraw": "Pièces retirées du bordereau",
    "elim_confirm": "Élimination confirmée",
    "elim_destroy": "Destruction demandée",
    "elim_destroyed": "Destruction achevée",
    "elim_attest": "Destruction du papier attestée",
    "elim_certify": "Certificat établi",
    "elim_abandon": "Bordereau abandonné",
    "elimination_refused": "Élimination refusée",
    "clock": "Horloge reculée",
    "chain": "Entrées antérieures chaînées",
}
RIGHTS = {
    "none": "aucun",
    "cleared": "levés (autorisation obtenue)",
    "blocked": "ils s’opposent à la mise en ligne",
}
TAKEDOWNS = {
    str(code): words for code, words in TAKEDOWN_REASONS.items() if code is not TakedownReason.CHANGED
}
JOURNAL_KEYS = {
    "account": "Compte",
    "answer": "Réponse",
    "computed": "Mention d’un calcul (CRPA L311-3-1)",
    "data_class": "Classe de données",
    "descriptors": "Descripteurs",
    "elimination": "Élimination",
    "entries": "Entrées",
    "findings": "Constats",
    "format": "Format",
    "published": "Publié",
    "reason": "Motif",
    "received_on": "Reçue le",
    "records": "Documents",
    "rights": "Droits de tiers",
    "role": "Rôle",
    "state": "État",
    "to": "À qui",
    "values": "Valeurs",
    "version": "Version",
    "visa": "Visa",
}
"""What an entry of the journal may say beside the fields of a description."""
RELATIONS = {
    "identical": "mêmes octets",
    "same_image": "même image",
    "same_text": "même texte, autre numérisation ou autre lecture",
    "version": "autre version du même texte",
    "extract": "extrait",
    "template": "même modèle, autre acte",
    "doubtful": "presque la même page : à vérifier",
}
"""What two pages that look alike are to one another."""
DIFFERENCES = {
    "words": "des mots",
    "citation": "un texte cité",
    "number": "un nombre",
    "act_number": "le numéro de l’acte",
    "date": "une date",
    "name": "un nom",
}
"""What differs between the texts of two pages."""
REVIEWS = {
    "class": "type incertain",
    "blind": "type à donner sans proposition",
    "date": "date inconnue",
    "illegible": "pages illisibles",
    "cuts": "coupures proposées",
    "retention": "conservation à décider",
    "doubtful": "lecture à vérifier",
    "asked": "question en attente",
    "held": "gelée",
}
QUALITIES = {
    "good": "bonne lecture",
    "doubtful": "à vérifier : environ %(n)s %% de lettres fausses",
    "unknown": "qualité de lecture inconnue",
    "blank": "page blanche",
    "illegible": "illisible",
    "handwritten": "manuscrite",
    "failed": "en échec",
}
"""How well a page was read; the last four are states of a page, the others are worth of a text."""
NAME_STATES = {"proposed": "à décider", "accepted": "réunis", "refused": "laissés à part"}
VERDICTS = {
    "accepted": "retenu",
    "refused": "refusé",
    "open": "décision annulée",
    "mended": "corrigé",
    "dismissed": "écarté",
}
ROLES = {
    "archivist": "archiviste",
    "records_manager": "gestionnaire de documents",
    "access_officer": "responsable de la communication",
    "service": "service producteur",
    "administrator": "administrateur",
    "auditor": "auditeur (lecture seule)",
}
LABELS: dict[str, dict[str, str]] = {
    "relations": RELATIONS,
    "differences": DIFFERENCES,
    "fields": FIELDS,
    "origins": ORIGINS,
    "outcomes": OUTCOMES,
    "page_states": PAGE_STATES,
    "request_states": REQUEST_STATES,
    "request_kinds": REQUEST_KINDS,
    "urgencies": URGENCIES,
    "sorts": SORTS,
    "confidences": CONFIDENCES,
    "triggers": TRIGGERS,
    "actions": ACTIONS,
    "journal_keys": JOURNAL_KEYS,
    "roles": ROLES,
    "rights": RIGHTS,
    "takedowns": TAKEDOWNS,
    "reviews": REVIEWS,
    "qualities": QUALITIES,
    "verdicts": VERDICTS,
    "name_states": NAME_STATES,
    "checks": CHECKS,
    "elimination_supports": {str(support): words for support, words in SUPPORTS.items()},
}
