-- Where a merged ticket goes on, and which tickets are about the same thing: numbers, as people write them.
ALTER TABLE ticket ADD COLUMN merged_into TEXT NOT NULL DEFAULT ''
    CHECK (merged_into = '' OR (close_reason IS NOT NULL AND close_reason = 'merged'));
ALTER TABLE ticket ADD COLUMN links TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(links));
