package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"telehab.io/desktop/backend/datafolder"
)

// openReadOnly opens a store on a disk that cannot be written to: everything
// can be read, and what would change it is StoreUnreadable and says why.
func openReadOnly(ctx context.Context, path string, sealer *sealer) (*DB, error) {
	options, err := readOnlyOptions(path)
	if err != nil {
		return nil, err
	}
	db := &DB{path: path, sealer: sealer}
	if db.write, err = connect(path, 1, options); err != nil {
		return nil, coded(err)
	}
	if db.read, err = connect(path, 4, options); err != nil {
		return nil, errors.Join(coded(err), db.write.Close())
	}
	_, current, err := schemaOf(ctx, db.read)
	if err == nil && !current {
		err = readOnly(errors.New("the schema is of an earlier version"))
	}
	if err == nil {
		err = db.checkKey(ctx)
	}
	if err == nil {
		err = db.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.statements.close(), db.read.Close(), db.write.Close())
	}
	return db, nil
}

// readOnlyOptions looks at the files as prepareFiles does. SQLite reads a log
// that a killed program has left behind if its index is there too; without a
// log it has to be told that nobody changes the file.
func readOnlyOptions(path string) (options string, err error) {
	folder, err := datafolder.OpenPlain(filepath.Dir(path))
	if err != nil {
		return "", unreadable(err)
	}
	name := filepath.Base(path)
	size, _, err := folder.Size(name)
	var log int64
	for _, suffix := range fileSuffixes[1:] {
		beside, _, sizeErr := folder.Size(name + suffix)
		err = errors.Join(err, sizeErr)
		if suffix == "-wal" {
			log = beside
		}
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		return "", unreadable(fmt.Errorf("look at the store: %w", err))
	}
	if size == 0 {
		return "", readOnly(errors.New("no store yet"))
	}
	options = "mode=ro&_query_only=1&_busy_timeout=5000"
	if log == 0 {
		options += "&immutable=1"
	}
	return options, nil
}
