-- figure:     card-conflicts
-- title:      Cards that contradict
-- question:   Where do two lines about one competitor and one thing say something different?
-- curriculum: M8.4
-- source:     domain M8.4 Freshness, conflict check: same competitor and field, different values
-- grain:      one row per competitor, section and topic that is stated in more than one way
-- parameters:
--   as_of     date   what was seen of the competitors up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   competitor  text   whom it is about
--   section     text   of the card
--   topic       text   what the lines are about: the package, the pattern, the topic
--   between     state  cards: two of them differ; one card: it says both; intelligence: a newer price was
--                      seen than the card has
--   ways        count  different statements
--   newest      text   what was seen last
--   newest_on   date   on this day; NULL: no line has a day
--   others      list   the other statements, each with where it stands and since when
--   cards       list   the cards
--   card        id     the card that has the oldest of the statements
-- opens:      battle-card competitor=competitor record=card

SELECT *
FROM line_conflicts()
ORDER BY competitor, section, topic, cards
