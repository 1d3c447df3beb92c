-- Schema 4: a save that had to wait outside the file is written once.

-- Which revision a save became. Who kept a save and was killed asks here whether it arrived.
CREATE TABLE ledger.arrival (
    save_id VARCHAR NOT NULL,            -- as whoever kept it calls it
    seq     BIGINT NOT NULL              -- of the revision
);
