package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/seal"
	"telehab.io/desktop/backend/storecopy"
)

func (c *copying) copyClients(ctx context.Context) error {
	for i := range c.Clients {
		if err := c.copyClient(ctx, &c.Clients[i]); err != nil {
			return err
		}
	}
	return nil
}

// refOf returns whose row it is, by what was copied before; "" for nobody's.
func (c *copying) refOf(ctx context.Context, name []byte) (ref string, err error) {
	err = c.tx.QueryRowContext(ctx, "SELECT ref FROM copied_client WHERE name = ?", name).Scan(&ref)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return ref, err
}

// nameless begins the ref of a row that does not open and never did. No patient's
// ref does.
const nameless = "row:"

func (c *copying) copyClient(ctx context.Context, client *storecopy.Client) error {
	ref, err := c.rename(ctx, client)
	if err != nil || client.Erased {
		return err
	}
	if err := c.copyProfile(ctx, ref, client); err != nil {
		return err
	}
	if _, err := c.sql.deleteFailure.ExecContext(ctx, c.account, ref); err != nil || client.Entry.Failure == nil || client.Broken {
		return err
	}
	return c.insertFailure(ctx, ref, client.Entry.Failure)
}

// rename returns the ref of a client's rows here. It removes those that are of
// before an erasure, or have another ref because the client's row did not open.
func (c *copying) rename(ctx context.Context, client *storecopy.Client) (ref string, err error) {
	known, err := c.refOf(ctx, client.Row)
	if err != nil {
		return "", err
	}
	ref = client.Entry.Ref
	switch {
	case client.Broken && known != "":
		ref = known
	case ref == "":
		ref = nameless + hex.EncodeToString(client.Row)
	}
	if known != "" && (client.Erased || client.New || known != ref) {
		if err := c.removeClient(ctx, client.Row, known); err != nil {
			return "", err
		}
		known = ""
	}
	if client.Erased || known == ref {
		return ref, nil
	}
	return ref, c.exec(ctx, "INSERT INTO copied_client (name, ref) VALUES (?, ?)", client.Row, ref)
}

func (c *copying) removeClient(ctx context.Context, name []byte, ref string) error {
	for _, rows := range []string{"profile WHERE account_id = ? AND cliniko_id = ?", "failure WHERE account_id = ? AND ref = ?", "change WHERE account_id = ? AND cliniko_id = ?"} {
		if err := c.exec(ctx, "DELETE FROM "+rows, c.account, ref); err != nil {
			return err
		}
	}
	return c.exec(ctx, "DELETE FROM copied_client WHERE name = ?", name)
}

// copyProfile writes a profile's row, sealed for this store. One that does not
// open there does not open here.
func (c *copying) copyProfile(ctx context.Context, ref string, client *storecopy.Client) error {
	if client.Broken {
		_, err := c.sql.upsertProfile.ExecContext(ctx, c.account, ref, string(profile.Active), nil, nil, nil, nil, 0, nil, nil, nil, []byte{}, []byte{}, []byte{})
		return err
	}
	if !client.HasProfile {
		return c.exec(ctx, "DELETE FROM profile WHERE account_id = ? AND cliniko_id = ?", c.account, ref)
	}
	p := &client.Entry.Profile
	sealed, err := c.db.sealProfile(c.account, p)
	if err != nil {
		return err
	}
	if client.Distrusted {
		sealed.fingerprint = []byte{}
	}
	row := clearColumns{state: string(p.State), created: stamp(p.CreatedAt), updated: stamp(p.UpdatedAt), archived: stamp(p.ArchivedAt),
		merged: orNull(p.MergedInto), added: stamp(p.AddedAt), synced: stamp(p.SyncedAt), read: stamp(client.Entry.ReadAt), deleted: stamp(p.DeletedAt),
		fingerprint: sealed.fingerprint}
	_, err = c.sql.upsertProfile.ExecContext(ctx, c.account, ref, row.state, row.created, row.updated, row.archived, row.merged, row.synced, row.read,
		row.added, row.deleted, row.fingerprint, sealed.sealed, c.db.sealer.rowMAC(c.account, ref, &row, seal.Tag(sealed.sealed)))
	return err
}
