"""The texts of the sample pages: an invented commune, invented acts, common surnames, no real person.

A blank line ends a paragraph, and a paragraph is filled to the width of the page, but for lines that
begin with a mark: ``^`` centred, ``^*`` centred and struck twice, ``>`` to the right, ``|`` as it stands
(tables). ``WORN`` after a letter says that the foot of its type is worn off and leaves no ink.

The typewriters of 1923 to 1986 have no accented capitals and no ligatures, as the real ones.
"""

WORN = "_"
"""After a letter: its type is worn, the foot does not print (a worn ``b`` passes for an ``h``)."""

SURNAME = "Lefebvre"
"""The surname to search for: misprinted in the délibération, plain in the papers that stay closed."""

DELIBERATION_1923 = (
    """
| DEPARTEMENT DE LA HAUTE-VEGRE                    REPUBLIQUE FRANCAISE
| Arrondissement de Vaubourg           Liberté  -  Egalité  -  Fraternité
| Canton de Vaubourg-Sud

^* COMMUNE DE SAINT-AUBIN-DES-PRES

^ EXTRAIT DU REGISTRE DES DELIBERATIONS
^ DU CONSEIL MUNICIPAL

^ Séance du 6 avril 1923

Objet : construction d'un lavoir public couvert et captage de la fontaine des Prés. Vote d'un emprunt de
18.000 francs.

L'an mil neuf cent vingt-trois, le six avril, à huit heures du soir, le Conseil municipal de la commune
de Saint-Aubin-des-Prés s'est réuni en session extraordinaire au lieu habituel de ses séances, à la
mairie, sous la présidence de Monsieur Moreau, maire, sur la convocation faite à domicile le 31 mars.

Etaient présents : MM. Moreau, maire ; Durand, adjoint ; Martin, Lefeb_vre, Girard, Petit, Bonnet,
Fournier, Lambert, Garnier et Roux, conseillers municipaux. Absent et excusé : M. Mercier. Le Conseil a
choisi pour secrétaire M. Girard, qui a accepté ces fonctions.

Monsieur le Maire expose au Conseil que le lavoir établi en 1868 sur le ruisseau des Prés se trouve hors
d'usage ; que les eaux y arrivent troubles pendant une grande partie de l'année et qu'en temps de
sécheresse les ménagères du bourg sont obligées de se rendre au gué de la Planche, à plus de deux
kilomètres. Il donne lecture du rapport de l'agent voyer cantonal, en date du 12 février 1923, duquel il
résulte que la fontaine des Prés, dont le débit a été mesuré à trente-deux litres par minute au mois
d'octobre dernier, suffirait à l'alimentation d'un lavoir de seize places, couvert en tuiles et dallé en
ciment, ainsi que d'une borne-fontaine sur la place de l'église.
""",
    """
^ - 2 -

Monsieur le Maire dépose sur le bureau les plans, le devis estimatif et le cahier des charges dressés
par l'agent voyer. La dépense est évaluée ainsi qu'il suit :

|   Captage de la fontaine et conduite en fonte          7.450 francs
|   Maçonnerie, bassins et dallage                       9.300 francs
|   Charpente et couverture                              4.150 francs
|   Somme à valoir pour imprévus                         1.100 francs
|   TOTAL                                               22.000 francs

Il fait connaître que la commune dispose de 4.000 francs sur ses fonds libres et qu'il convient de
demander le surplus à l'emprunt.

Le Conseil, ouï l'exposé de son président ; vu les plans et devis ; vu la loi du 5 avril 1884 sur
l'organisation municipale ; considérant que la création d'un lavoir public répond à un besoin reconnu de
salubrité et que la dépense n'excède pas les ressources de la commune ; après en avoir délibéré, à
l'unanimité :

Article premier. - Approuve les plans, devis et cahier des charges du lavoir public et du captage de la
fontaine des Prés, pour une dépense totale de 22.000 francs.

Article 2. - Décide que les travaux seront mis en adjudication publique en un seul lot.

Article 3. - Vote un emprunt de 18.000 francs, remboursable en vingt années, et l'imposition
extraordinaire de onze centimes additionnels pour en assurer le service.

Article 4. - Sollicite de Monsieur le Préfet l'approbation de la présente délibération et du Conseil
général la plus forte subvention possible.

Fait et délibéré à Saint-Aubin-des-Prés, les jour, mois et an que dessus. Ont signé au registre tous les
membres présents.

> Pour extrait conforme,
> Le Maire,
> Moreau.
""",
)

AGENT_FILE = (
    """
| COMMUNE DE SAINT-AUBIN-DES-PRES
| Personnel communal

^* DOSSIER INDIVIDUEL D'AGENT
^ Dossier n° 17

^ ETAT CIVIL

| Nom :                 LEFEBVRE
| Prénoms :             Fernand, Louis
| Date de naissance :   né le 14 mars 1927
| Lieu de naissance :   Saint-Aubin-des-Prés (Haute-Vègre)
| Situation :           marié, deux enfants, nés en 1953 et 1957
| Domicile :            8, rue du Lavoir
| Emploi :              cantonnier, puis ouvrier professionnel
| Pension :             affilié à la C.N.R.A.C.L. sous le n° 62.114

^ ETAT DES SERVICES

| Date d'effet     Décision                  Emploi et échelon    Indice
| ----------------------------------------------------------------------
| 1er avril 1962   arrêté de nomination      cantonnier, stag.       120
| 1er avril 1963   arrêté de titularisation  cantonnier, 1er éch.    124
| 1er juin 1966    avancement                cantonnier, 3e éch.     135
| 1er juin 1970    avancement                cantonnier, 5e éch.     152
| 1er janv. 1974   reclassement              ouvrier prof. 2e cat.   189
| 1er juil. 1978   avancement                ouvrier prof., 6e éch.  214
| 1er mars 1983    promotion                 ouvrier prof. 1re cat.  243
| 1er avril 1987   admission à la retraite   radiation des cadres    251

Services militaires : du 12 mai 1947 au 30 avril 1948, soit 11 mois et 19 jours.

Congés de maladie : du 3 au 28 février 1969 (accident du travail, fracture du poignet) ; du 6 octobre au
19 décembre 1981 (congé de longue maladie, avis favorable du comité médical départemental).

Etat certifié exact et arrêté à vingt-cinq années de services au 31 mars 1987.

> Le Maire,
> Durand.
""",
    """
| COMMUNE DE SAINT-AUBIN-DES-PRES                          Personnel
| Dossier individuel n° 17                              CONFIDENTIEL

^* FICHE DE NOTATION
^ Année 1974

| Nom et prénoms :      LEFEBVRE Fernand, Louis
| Emploi :              ouvrier professionnel de 2e catégorie
| Service :             voirie et bâtiments communaux
| Note de 1973 :        15,50 sur 20

| Eléments d'appréciation                          Note sur 5
| -----------------------------------------------------------
| Connaissances professionnelles                        4
| Exécution du travail, soin et rapidité                4
| Ponctualité et assiduité                              5
| Relations avec le public et ses chefs                 2
| -----------------------------------------------------------
| NOTE CHIFFREE DEFINITIVE                         15,75 sur 20

Appréciation générale du secrétaire de mairie : agent consciencieux, connaissant parfaitement les chemins
et le réseau d'eau de la commune ; ouvrage toujours propre. S'emporte aisément lorsqu'une observation
lui est faite et a eu en mars dernier une altercation avec un riverain du chemin de la Planche, pour
laquelle il a reçu un avertissement verbal.

Appréciation du maire : a fait des efforts depuis cet incident. Apte à encadrer l'auxiliaire recruté pour
la saison. Avancement à l'ancienneté moyenne.

Observations de l'agent : a pris connaissance de sa note le 9 décembre 1974 et n'en demande pas la
révision à la commission paritaire.

| L'agent,                                       Le Maire,
| Lefebvre.                                      Martin.
""",
)

COMMITTAL_1958 = """
| DEPARTEMENT DE LA HAUTE-VEGRE
| COMMUNE DE SAINT-AUBIN-DES-PRES

^* ARRETE DU MAIRE
^ ordonnant un placement d'office

^ 12 novembre 1958

Le Maire de la commune de Saint-Aubin-des-Prés,

Vu la loi du 30 juin 1838 sur les aliénés, et notamment son article 19 ;

Vu l'article 97 du code de l'administration communale ;

Vu le certificat délivré ce jour par le docteur Chevalier, médecin à Vaubourg, constatant que la dame
LEFEBVRE, née DUBOIS Germaine, sans profession, née le 9 octobre 1919, domiciliée au lieu-dit la Planche,
est atteinte d'un délire de persécution avec idées de suicide, qu'elle a refusé toute nourriture depuis
trois jours et qu'elle a tenté de mettre le feu à son habitation ;

Vu le procès-verbal dressé par la brigade de gendarmerie ;

Considérant que l'état mental de la malade constitue un danger imminent pour sa propre personne et pour
la sûreté des personnes, attesté par le certificat médical et par la notoriété publique ;

^ ARRETE :

Article 1er. - La dame LEFEBVRE Germaine sera conduite d'urgence et placée d'office, à titre provisoire,
à l'hôpital psychiatrique départemental de Vaubourg, pour y être traitée de l'affection mentale dont elle
est atteinte.

Article 2. - Le transport sera effectué par ambulance, accompagné d'une infirmière. Les frais
d'hospitalisation seront avancés par le département.

Article 3. - Le présent arrêté, avec le certificat médical, sera transmis dans les vingt-quatre heures à
Monsieur le Préfet, qui statuera sans délai.

> Fait à Saint-Aubin-des-Prés, le 12 novembre 1958.
> Le Maire,
> Bonnet.
"""

ELECTORAL_LIST_1974 = """
| DEPARTEMENT DE LA HAUTE-VEGRE                               REVISION DE L'ANNEE 1974
| COMMUNE DE SAINT-AUBIN-DES-PRES                                    Bureau de vote n° 1

^* LISTE ELECTORALE GENERALE
^ Liste des électeurs arrêtée par la commission administrative le 28 février 1974

|  N°   Nom et prénoms de l'électeur     Né(e) le     Lieu de naissance    Domicile
| -------------------------------------------------------------------------------------
| 211   LAMBERT Yvonne, ép. PETIT        02.05.1931   Vaubourg             Le Bourg
| 212   LAMBERT Maurice                  17.11.1926   St-Aubin-des-Prés    La Planche
| 213   LAMBERT Odette, vve ROUX         30.01.1908   St-Aubin-des-Prés    La Planche
| 214   LECLERC Simone                   21.06.1949   Vaubourg             Rue du Lavoir
| 215   LECOMTE Raymond                  08.08.1912   Montreuil            Les Hayes
| 216   LECOMTE Suzanne, ép. GARNIER     14.04.1920   St-Aubin-des-Prés    Le Bourg
| 217   LEFEBVRE Fernand                 14.03.1927   St-Aubin-des-Prés    Rue du Lavoir
| 218   LEFEBVRE Ginette, ép. MARTIN     25.12.1930   Vaubourg             Rue du Lavoir
| 219   LEFEBVRE Gaston                  06.07.1899   St-Aubin-des-Prés    Le Bourg
| 220   LEGRAND Denise                   19.02.1943   Vaubourg             Les Hayes
| 221   LEGRAND Bernard                  03.10.1940   St-Aubin-des-Prés    Les Hayes
| 222   LEMAIRE Alphonse                 11.09.1904   La Chapelle          Le Moulin
| 223   LEMAIRE Berthe, vve BONNET       27.03.1901   St-Aubin-des-Prés    Le Moulin
| 224   LEROUX Jacqueline                16.05.1951   Vaubourg             Le Bourg
| 225   LEROY Marcelle, ép. GIRARD       04.12.1922   Montreuil            Place de l'Eglise
| 226   LEROY Eugène                     22.07.1918   St-Aubin-des-Prés    Place de l'Eglise
| 227   MARCHAND Huguette                09.01.1946   Vaubourg             Les Hayes
| 228   MARTIN Gilbert                   31.08.1928   St-Aubin-des-Prés    Rue du Lavoir
| 229   MARTIN Paulette, ép. DURAND      13.06.1935   La Chapelle          Le Bourg
| 230   MARTIN Félicien                  20.10.1896   St-Aubin-des-Prés    Le Gué
| 231   MERCIER Colette                  05.05.1952   Vaubourg             Le Moulin
| 232   MERCIER Armand                   28.11.1915   St-Aubin-des-Prés    Le Moulin
| 233   MOREAU Lucette, ép. FOURNIER     18.03.1939   Vaubourg             Place de l'Eglise
| 234   MOREAU Clément                   07.02.1910   St-Aubin-des-Prés    Le Gué

Le nombre des électeurs inscrits sur la présente liste électorale est arrêté à trois cent quatre-vingt-sept
(387), dont 189 hommes et 198 femmes.

| Le délégué de l'administration,       Le délégué du tribunal,        Le Maire,
| Petit.                                Girard.                        Martin.
"""

INVOICE_1986 = """
| Etablissements GARNIER et Fils
| Quincaillerie - Matériaux - Outillage
| 14, route de Montreuil - VAUBOURG
| R.C. Vaubourg 61 B 208

> Vaubourg, le 18 septembre 1986

| DOIT : Commune de SAINT-AUBIN-DES-PRES, service voirie

^* FACTURE N° 86-0417

| Bon de commande n° 52 du 1er septembre 1986, livraison du 9 septembre.

| Désignation                          Quantité  Prix unitaire   Montant
| ----------------------------------------------------------------------
| Ciment C.P.J. 45, sac de 50 kg             24          38,50    924,00
| Sable 0/4, la tonne                         6          72,00    432,00
| Tuyau P.V.C. diam. 100, barre de 4 m       15          61,20    918,00
| Regard béton 40 x 40                        4         118,00    472,00
| Grille fonte 40 x 40                        4         164,50    658,00
| Pelle ronde emmanchée                       2          89,00    178,00
| Gants de manutention, la paire             10          14,80    148,00
| ----------------------------------------------------------------------
| TOTAL HORS TAXES                                              3.730,00
| T.V.A. 18,60 %                                                  693,78
| TOTAL A PAYER (francs)                                        4.423,78

Arrêté la présente facture à la somme de quatre mille quatre cent vingt-trois francs et soixante-dix-huit
centimes, toutes taxes comprises. Paiement à trente jours par mandat administratif.

Service fait le 9 septembre 1986. Exercice 1986, chapitre 60, article 606, mandat n° 312, bordereau n° 41.

> Vu, bon à payer,
> Le Maire,
> Durand.
"""

POLICE_ORDER_1931 = (
    """
^ DÉPARTEMENT DE LA HAUTE-VÈGRE
^* COMMUNE DE SAINT-AUBIN-DES-PRÉS

^* ARRÊTÉ PERMANENT DE POLICE
^ concernant la vidange des fosses d'aisances
^ et la salubrité des voies publiques

Le Maire de la commune de Saint-Aubin-des-Prés,

Vu la loi municipale du 5 avril 1884, et notamment les articles 94 et 97 ;

Vu la loi du 15 février 1902 relative à la protection de la santé publique ;

Vu le règlement sanitaire départemental ;

Considérant que l'écoulement des eaux ménagères et des purins sur les voies publiques, ainsi que le
transport des matières de vidange pendant le jour, sont une cause d'incommodité et un danger pour la
salubrité publique ; qu'il appartient à l'autorité municipale d'y remédier ;

^ ARRÊTE :

Article premier. Il est interdit de laisser couler sur les rues, places et chemins de la commune les eaux
ménagères, les purins et tous liquides provenant des étables, écuries et fumiers.

Article 2. La vidange des fosses d'aisances ne pourra être faite, dans l'étendue du bourg, qu'entre dix
heures du soir et cinq heures du matin du 1er avril au 30 septembre, et entre neuf heures du soir et six
heures du matin pendant le reste de l'année.

Article 3. Les matières seront transportées dans des tonneaux étanches et fermés. Elles ne pourront être
déposées à moins de deux cents mètres des habitations, des puits et de la fontaine publique.
""",
    """
^ 2

Article 4. Tout entrepreneur de vidange devra faire à la mairie, vingt-quatre heures à l'avance, la
déclaration du lieu et de l'heure des opérations. Il lui en sera donné récépissé.

Article 5. Les fumiers seront enlevés au moins une fois par semaine dans l'intérieur du bourg. Il est
défendu d'en former des dépôts en bordure de la voie publique sans l'autorisation du Maire.

Article 6. Les propriétaires des maisons dépourvues de fosse étanche sont tenus d'en faire établir une dans
le délai d'un an à compter de la publication du présent arrêté.

Article 7. Les arrêtés antérieurs contraires au présent règlement sont et demeurent rapportés.

Article 8. Les contraventions aux dispositions qui précèdent seront constatées par des procès-verbaux et
poursuivies conformément aux lois, sans préjudice des dommages et intérêts qui pourraient être réclamés.

Article 9. Le présent arrêté sera publié et affiché dans la commune aux lieux accoutumés. Le garde champêtre
et la gendarmerie sont chargés, chacun en ce qui le concerne, d'en assurer l'exécution.

> Fait à Saint-Aubin-des-Prés, le 22 mai 1931.
> Le Maire,
> MOREAU.

Vu et approuvé : Vaubourg, le 3 juin 1931.
Le Sous-Préfet de l'arrondissement.
""",
)

LETTER_1911 = """
> Saint-Aubin-des-Prés, le 12 août 1911

Monsieur le Maire,

J'ai l'honneur de venir vous exposer que le chemin rural qui conduit du gué de la Planche à ma ferme est
devenu tout à fait impraticable depuis les grandes pluies du printemps. Les ornières ont plus d'un pied de
profondeur et mon voisin Mercier y a brisé l'essieu de sa charrette le jour de la Saint-Jean.

Je vous serais bien obligé de vouloir faire porter quelques tombereaux de pierres avant l'enlèvement des
récoltes. Je fournirai pour ma part deux journées de mon attelage et mon fils aidera le cantonnier autant
qu'il faudra.

Je me permets aussi de vous rappeler que le fossé n'a pas été curé depuis trois ans et que l'eau passe par
la cour toutes les fois que le ruisseau déborde.

Veuillez agréer, Monsieur le Maire, l'assurance de mes sentiments respectueux.

> Votre administré,
> Girard
"""

TRAFFIC_ORDER_2024 = (
    """
^* COMMUNE DE SAINT-AUBIN-DES-PRÉS
^ Département de la Haute-Vègre

^* ARRÊTÉ TEMPORAIRE N° 2024-037
^ portant réglementation temporaire de la circulation
^ et du stationnement, rue du Lavoir

Le Maire de Saint-Aubin-des-Prés,

Vu le code général des collectivités territoriales, notamment ses articles L2213-1 à L2213-6 ;

Vu le code de la route, notamment ses articles R411-8, R411-25 et R417-10 ;

Vu l'instruction interministérielle sur la signalisation routière, livre I, huitième partie, signalisation
temporaire ;

Vu la demande présentée le 29 janvier 2024 par l'entreprise chargée du renouvellement de la conduite d'eau
potable ;

Considérant que les travaux nécessitent, pour la sécurité des usagers et des ouvriers, de réglementer la
circulation et d'interdire le stationnement au droit du chantier ;

^ ARRÊTE

Article 1. Du lundi 12 février 2024 à 8 heures au vendredi 23 février 2024 à 18 heures, la circulation de
tous les véhicules est interdite rue du Lavoir, entre la place de l'Église et le chemin de la Planche, sauf
aux riverains, aux services de secours et à la collecte des ordures ménagères.

Article 2. Pendant la même période, le stationnement est interdit et considéré comme gênant des deux côtés
de la voie. Les véhicules en infraction pourront être mis en fourrière.
""",
    """
Article 3. Une déviation est mise en place dans les deux sens par la route de Vaubourg et la rue des Hayes.

Article 4. La signalisation réglementaire est fournie, posée et entretenue par l'entreprise, sous le contrôle
des services techniques de la commune.

Article 5. Le présent arrêté est publié sous forme électronique sur le site internet de la commune et affiché
aux extrémités du chantier.

Article 6. Le présent arrêté peut faire l'objet d'un recours devant le tribunal administratif dans un délai de
deux mois à compter de sa publication.

Article 7. Le secrétaire général de mairie et le commandant de la brigade de gendarmerie de Vaubourg sont
chargés, chacun en ce qui le concerne, de l'exécution du présent arrêté.

> Fait à Saint-Aubin-des-Prés, le 5 février 2024
> Le Maire,
> C. DUBOIS
""",
)

REJECTED_NOTE = "Notes pour le récolement du carton 12 : voir aussi le carton 13."
