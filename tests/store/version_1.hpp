// A database as the first released version left it: its tables, word for word, and rows in each.
#pragma once

namespace trommel::store {

/// Dataset `digits` of five samples with tags, embeddings, scores, a finished and a waiting job.
inline constexpr const char* version_1_database = R"sql(
PRAGMA application_id = 0x74726f6d;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;

CREATE TABLE datasets (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    sample_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE samples (
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (dataset, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX samples_by_name ON samples (dataset, name);

CREATE TABLE tags (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    mask BLOB NOT NULL,
    total INTEGER NOT NULL,
    previous TEXT REFERENCES tags (id),
    query TEXT REFERENCES tags (id) ON DELETE SET NULL,
    preselected TEXT REFERENCES tags (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (dataset, name)
) STRICT;

CREATE TABLE embeddings (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    dimensions INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (dataset, name)
) STRICT;

CREATE TABLE embedding_chunks (
    embedding INTEGER NOT NULL REFERENCES embeddings ON DELETE CASCADE,
    place INTEGER NOT NULL,
    floats BLOB NOT NULL,
    PRIMARY KEY (embedding, place)
) STRICT;

CREATE TABLE scores (
    number INTEGER PRIMARY KEY,
    tag TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    length INTEGER NOT NULL,
    replaced INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX scores_by_type ON scores (tag, type) WHERE replaced = 0;

CREATE TABLE score_chunks (
    score INTEGER NOT NULL REFERENCES scores ON DELETE CASCADE,
    place INTEGER NOT NULL,
    doubles BLOB NOT NULL,
    PRIMARY KEY (score, place)
) STRICT;

-- query, preselected and embedding say what was asked; what they name may be gone since.
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('WAITING', 'RUNNING', 'FINISHED', 'FAILED')),
    new_tag_name TEXT NOT NULL,
    method TEXT NOT NULL,
    query TEXT NOT NULL,
    preselected TEXT,
    samples INTEGER,
    min_distance REAL NOT NULL,
    embedding TEXT,
    score_type TEXT,
    score INTEGER REFERENCES scores ON DELETE SET NULL,
    seed INTEGER NOT NULL,
    round INTEGER NOT NULL,
    result TEXT REFERENCES tags (id) ON DELETE SET NULL,
    error TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX unfinished_jobs ON jobs (number) WHERE state IN ('WAITING', 'RUNNING');
CREATE INDEX jobs_by_score ON jobs (score);
CREATE INDEX jobs_by_result ON jobs (result);

CREATE TABLE picks (
    job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    place INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    score REAL,
    distance REAL,
    PRIMARY KEY (job, place)
) STRICT, WITHOUT ROWID;

INSERT INTO datasets VALUES (1, 'd1', 'digits', 5, 1615464000000);
INSERT INTO samples VALUES (1, 0, 'a'), (1, 1, 'b'), (1, 2, 'c'), (1, 3, 'd'), (1, 4, 'e');
INSERT INTO tags VALUES
    (1, 'initial-tag-id', 'd1', 'initial-tag', x'1f00000000000000', 5, NULL, NULL, NULL, 1615464000000),
    (2, 'chosen-id', 'd1', 'chosen', x'1400000000000000', 5, 'initial-tag-id', 'initial-tag-id', NULL,
     1615464000000);
INSERT INTO embeddings VALUES (1, 'e1', 'd1', 'plane', 2, 2, 1615464000000);
INSERT INTO embedding_chunks VALUES (1, 0, x'0000803f000000400000404000008040');
INSERT INTO scores VALUES (1, 'initial-tag-id', 'margin', 1, 0, 1615464000000);
INSERT INTO score_chunks VALUES (1, 0, x'000000000000e03f');
INSERT INTO jobs VALUES
    (1, 'j1', 'd1', 'FINISHED', 'chosen', 'CORAL', 'initial-tag-id', NULL, 2, -1.0, 'e1', 'margin', 1, 7, 3,
     'chosen-id', '', 1615464000000),
    (2, 'j2', 'd1', 'WAITING', 'to come', 'RANDOM', 'initial-tag-id', NULL, 3, -1.0, NULL, NULL, NULL, 7, 4,
     NULL, '', 1615464000000);
INSERT INTO picks VALUES (1, 0, 4, 0.5, NULL), (1, 1, 2, 0.25, 1.5);
)sql";

}  // namespace trommel::store
