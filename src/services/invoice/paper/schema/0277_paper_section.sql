-- What was sold on paper: 1 goods, 2 labour, 3 services, 4 intangibles, 5 immovables, as the first digit of tax codes; 0: not said.
ALTER TABLE paper_report ADD COLUMN section INTEGER NOT NULL DEFAULT 0 CHECK (section BETWEEN 0 AND 5);
