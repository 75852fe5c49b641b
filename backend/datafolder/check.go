package datafolder

import "io/fs"

// checkDirectory refuses what is not a directory of this user.
func checkDirectory(name string, info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return &Refused{name, "is a symbolic link"}
	case !info.IsDir():
		return &Refused{name, "is not a folder"}
	case !isOwn(info):
		return &Refused{name, "belongs to another user"}
	}
	return nil
}

// checkOwnRegular refuses what is not a regular file of this user.
func checkOwnRegular(name string, info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return &Refused{name, "is a symbolic link"}
	case info.IsDir():
		return &Refused{name, "is a folder"}
	case !info.Mode().IsRegular():
		return &Refused{name, "is not a regular file"}
	case !isOwn(info):
		return &Refused{name, "belongs to another user"}
	}
	return nil
}

// checkFile also refuses a file that has a second name, which may be outside of
// the folder: what is written here would be written there.
func checkFile(name string, info fs.FileInfo) error {
	if err := checkOwnRegular(name, info); err != nil {
		return err
	}
	return checkNames(name, names(info))
}

func checkNames(name string, count uint64) error {
	if count > 1 {
		return &Refused{name, "is a hard link to another file"}
	}
	return nil
}
