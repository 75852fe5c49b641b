package workspace

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// openStore opens the store with its key, or makes both.
func (l *location) openStore(ctx context.Context) (*sqlite.DB, error) {
	seen, err := l.see()
	if err != nil {
		return nil, err
	}
	switch seen {
	case storeThere:
		return l.openOld(ctx)
	case storeGone:
		return nil, profile.Because(profile.StoreMissing, errors.New("no store where one was"))
	}
	if l.keyring.IsCopy() {
		return nil, profile.Because(profile.StoreMissing, errors.New("a service makes no store"))
	}
	return l.openNew(ctx, seen == storeStarted)
}

// openNew makes the store and its key. A key without a store, its own or
// Cliniko's, is that of a store which is not to be seen, unless the first start
// was cut off between the two.
func (l *location) openNew(ctx context.Context, started bool) (*sqlite.DB, error) {
	key, found, err := l.keyring.Get(ctx, l.name(storeKey))
	if err != nil {
		return nil, err
	}
	if !started {
		some := found
		others := []string{l.name(nextKey), l.name(apiKey)}
		for _, n := range l.linked {
			others = append(others, n.of(storeKey), n.of(nextKey), n.of(apiKey))
		}
		for _, name := range others {
			_, other, err := l.keyring.Get(ctx, name)
			if err != nil {
				return nil, err
			}
			some = some || other
		}
		if some {
			return nil, profile.Because(profile.StoreMissing, errors.New("a key whose store is not there"))
		}
	}
	if err := l.begin(); err != nil {
		return nil, err
	}
	if !found || len(key) != sqlite.KeySize {
		key = make([]byte, sqlite.KeySize)
		_, _ = rand.Read(key) // never fails: it ends the program instead
		if err := l.put(ctx, l.name(storeKey), key); err != nil {
			return nil, err
		}
	}
	_, place, err := l.keyring.Find(ctx, l.name(storeKey), "")
	if err != nil {
		return nil, err
	}
	db, err := sqlite.OpenWaiting(ctx, l.storePath(), key, l.options.OnBusy)
	if err != nil {
		return nil, err
	}
	return l.opened(db, place)
}

// openOld opens a store that was used, with its key or with the one that was
// about to replace it when the program was cut off.
func (l *location) openOld(ctx context.Context) (*sqlite.DB, error) {
	before := l.key.Place
	key, place, err := l.keyring.Find(ctx, l.name(storeKey), before)
	for _, earlier := range l.earlierNames() {
		if errors.Is(err, keyring.ErrAbsent) {
			key, place, err = l.adoptKeys(ctx, earlier)
		}
	}
	if err = l.checkKey(key, err); err != nil {
		return nil, err
	}
	db, err := sqlite.OpenWaiting(ctx, l.storePath(), key, l.options.OnBusy)
	if profile.CodeOf(err) == profile.StoreKeyLost {
		// Another process may have replaced the key since it was read.
		if now, where, findErr := l.keyring.Find(ctx, l.name(storeKey), place); findErr == nil && len(now) == sqlite.KeySize && !bytes.Equal(now, key) {
			place = where
			db, err = sqlite.OpenWaiting(ctx, l.storePath(), now, l.options.OnBusy)
		}
	}
	if err == nil {
		return l.opened(db, place)
	}
	if profile.CodeOf(err) != profile.StoreKeyLost {
		return nil, err
	}
	if before != "" && place != before {
		err = l.keyring.Hidden(before) // the right one may still lie where it was
	}
	db, err = l.openWithNext(ctx, place, err)
	if err != nil {
		return l.openWithEarlier(ctx, err)
	}
	return db, nil
}

// checkKey returns the error for a key that was found or not, as err says.
func (l *location) checkKey(key []byte, err error) error {
	lost := errors.Is(err, keyring.ErrAbsent) || err == nil && len(key) != sqlite.KeySize
	switch {
	case lost && l.keyring.IsCopy():
		return l.keyring.Hidden(l.key.Place) // the copy may be wrong
	case lost:
		return profile.Because(profile.StoreKeyLost, fmt.Errorf("a key of %d bytes in the keyring", len(key)))
	}
	return err
}

// openWithEarlier opens the store with the keys that it had in its place before,
// where those with the names of this place are another store's, which lay here.
// They stay as they are, and this one continues with its own. otherwise is the
// error where that does not open it.
func (l *location) openWithEarlier(ctx context.Context, otherwise error) (*sqlite.DB, error) {
	own := l.names
	for _, earlier := range l.earlierNames() {
		for _, s := range []secret{storeKey, nextKey} {
			key, place, err := l.keyring.Find(ctx, earlier.of(s), l.key.Place)
			if err != nil || len(key) != sqlite.KeySize {
				continue // otherwise says more
			}
			db, err := sqlite.OpenWaiting(ctx, l.storePath(), key, l.options.OnBusy)
			if err != nil {
				continue
			}
			l.names = earlier
			if s == nextKey {
				err = l.useNextKey(ctx, key)
			}
			if err == nil {
				return l.opened(db, place)
			}
			l.names = own
			return nil, errors.Join(err, db.Close())
		}
	}
	return nil, otherwise
}

// openWithNext opens the store with the key that was about to replace the one
// at place. otherwise is the error where there is none.
func (l *location) openWithNext(ctx context.Context, place string, otherwise error) (*sqlite.DB, error) {
	next, _, nextErr := l.keyring.Find(ctx, l.name(nextKey), place)
	switch {
	case errors.Is(nextErr, keyring.ErrAbsent), nextErr == nil && len(next) != sqlite.KeySize:
		return nil, otherwise
	case nextErr != nil:
		return nil, nextErr
	}
	db, err := sqlite.OpenWaiting(ctx, l.storePath(), next, l.options.OnBusy)
	if err != nil {
		return nil, err
	}
	if err := l.useNextKey(ctx, next); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l.opened(db, place)
}

// adoptKeys is for a folder that was moved: the keys are kept under the name of
// its place before. They are copied, for the folder may have been, too; see
// deleteEarlierKeys.
func (l *location) adoptKeys(ctx context.Context, before secretNames) (key []byte, place string, err error) {
	for _, s := range []secret{hubAccess, databaseAccess, apiKey, nextKey, storeKey} {
		key, _, err = l.keyring.Find(ctx, before.of(s), l.key.Place)
		if errors.Is(err, keyring.ErrAbsent) && s != storeKey {
			continue
		}
		switch {
		case err == nil && len(key) > 0 && s == hubAccess:
			err = l.keyring.Set(ctx, l.name(s), key)
		case err == nil && len(key) > 0:
			err = l.put(ctx, l.name(s), key)
		}
		if err != nil {
			return nil, "", err
		}
	}
	return l.keyring.Find(ctx, l.name(storeKey), "")
}

func (l *location) opened(db *sqlite.DB, place string) (*sqlite.DB, error) {
	if l.keyring.IsCopy() {
		return db, nil // which tells nothing of where the key is
	}
	if err := l.writeKeyPlace(place); err != nil {
		return nil, errors.Join(profile.Because(profile.StoreUnreadable, err), db.Close())
	}
	return db, nil
}

func (l *location) useNextKey(ctx context.Context, key []byte) error {
	if err := l.put(ctx, l.name(storeKey), key); err != nil {
		return err
	}
	return l.drop(ctx, l.name(nextKey))
}

// HasStore says that there is something to open, or that there was.
func HasStore(o Options) bool {
	l, err := locateListed(o, nil)
	return err != nil || l.hasStore()
}

// Begin lets the next Open make a store where there was one that is not to be
// seen: the answer of a person to StoreMissing. It deletes nothing. The key
// stays, so that the earlier store opens if it comes back.
func Begin(o Options) error {
	l, err := locateListed(o, nil)
	if err != nil {
		return err
	}
	if seen, err := l.see(); err != nil || seen == storeThere {
		return errors.Join(err, profile.Refuse(profile.Invalid, "The data is there again, so nothing was changed. Choose Try again."))
	}
	return l.begin()
}

// Reset deletes the store of the workspace that the options mean, with its
// keys. It must not be open. Cliniko has the clients that were in it, and
// nothing else of it. SyncRunning: another process syncs it. StoreBusy, on Windows:
// another process has it open.
func Reset(ctx context.Context, o Options) error {
	l, err := locateListed(o, keyringFor(o))
	if err != nil {
		return err
	}
	err = l.withoutPasses(func() error { return l.reset(ctx) })
	if err == nil && l.listed {
		err = l.begin()
	}
	return err
}

// reset deletes the store, with its keys: these only where the files can be
// told to be ours.
func (l *location) reset(ctx context.Context) error {
	if _, err := l.see(); err != nil {
		return err
	}
	if err := l.requireClosed(); err != nil {
		return err
	}
	if err := l.deleteKeys(ctx); err != nil {
		return err
	}
	return l.removeStore()
}
