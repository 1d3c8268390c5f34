-- Accounts of the sandbox tenant.
CREATE TABLE people (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- Every call the relay has seen. The state follows from the times, so that the two cannot disagree.
CREATE TABLE calls (
    id              TEXT PRIMARY KEY,
    caller          TEXT NOT NULL REFERENCES people (id),
    caller_device   TEXT NOT NULL,
    callee          TEXT NOT NULL REFERENCES people (id),
    selected_device TEXT,
    started_at_ms   INTEGER NOT NULL,
    ring_until_ms   INTEGER NOT NULL,
    answered_at_ms  INTEGER,
    ended_at_ms     INTEGER,
    end_reason      TEXT,
    -- The invite as it is handed to devices that connect while it rings; gone once it no longer does.
    invite_id       INTEGER,
    invite_device   TEXT,
    invite_body     TEXT,
    state           TEXT NOT NULL GENERATED ALWAYS AS (
        CASE WHEN ended_at_ms IS NOT NULL THEN 'ended' WHEN answered_at_ms IS NOT NULL THEN 'answered' ELSE 'ringing' END
    ) VIRTUAL
) STRICT;

CREATE INDEX calls_not_forgotten ON calls (ended_at_ms);
