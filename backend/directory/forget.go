package directory

// Forget drops entries that were erased from the store.
func (d *Directory) Forget(refs []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, ref := range refs {
		if old, ok := d.rows[ref]; ok {
			d.count(old, -1)
			delete(d.rows, ref)
		}
	}
	clear(d.sorted)
}
