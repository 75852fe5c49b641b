package datafolder

import (
	"errors"
	"io/fs"
	"slices"
)

// Erase deletes the files that we made, by their names and forms, and the
// folders in which nothing is left. All else stays. What has a name of ours and
// is not what we made is Refused, and stays as well. Folders below that are
// named in keep are left as they are, and so are files.
func (f *Folder) Erase(keep ...string) error {
	all, err := f.Names()
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range all {
		switch _, folder := folders[name]; {
		case slices.Contains(keep, name):
		case folder:
			errs = append(errs, f.EraseFolder(name))
		case files.MatchString(name), unfinished.MatchString(name):
			errs = append(errs, f.Remove(name))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err // the marker stays for the next time
	}
	if len(keep) > 0 {
		return nil
	}
	return f.Remove(Marker)
}

// EraseFolder deletes what we made in one of our folders below this one, and it if
// nothing is left in it.
func (f *Folder) EraseFolder(name string) error {
	sub, err := f.OpenSub(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	switch name {
	case "demo":
		_, err = sub.judge()
		if err == nil {
			err = sub.Erase()
		}
	case "clinics":
		err = sub.eraseClinics()
	case "webview":
		err = sub.RemoveTree("EBWebView")
	default:
		err = sub.EraseMatching(folders[name].MatchString)
	}
	return errors.Join(err, sub.Close(), f.RemoveSub(name))
}

// eraseClinics deletes the folders of further clinics.
func (f *Folder) eraseClinics() error {
	all, err := f.Names()
	errs := []error{err}
	for _, name := range all {
		if folders["clinics"].MatchString(name) {
			errs = append(errs, f.EraseClinic(name))
		}
	}
	return errors.Join(errs...)
}

// EraseClinic deletes what we made in the folder of a further clinic, and the
// folder if nothing is left in it.
func (f *Folder) EraseClinic(name string) error {
	sub, err := f.OpenSub(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(sub.Erase(), sub.Close(), f.RemoveSub(name))
}

// EraseMatching deletes the regular files of this user whose names match. What
// has such a name and is none is Refused, and stays.
func (f *Folder) EraseMatching(match func(name string) bool) error {
	all, err := f.Names()
	errs := []error{err}
	for _, name := range all {
		if match(name) {
			errs = append(errs, f.Remove(name))
		}
	}
	return errors.Join(errs...)
}
