package directory

// Dialable returns a stored number as a telephone dials it: digits, after a plus
// if it names a country. Of a field with several numbers it is the first; "" if
// there is none that surely is one.
func Dialable(number string) string {
	pieces := phonePieces(fold(number))
	if len(pieces) == 0 {
		return ""
	}
	digits := digitsOf(pieces[0])
	if !onlyPhone(pieces[0]) || len(digits) < surelyPhone || len(digits) > longestNumber {
		return ""
	}
	if !hasPlus(pieces[0]) {
		return digits
	}
	code, rest := splitCode(digits)
	if code == nil {
		return ""
	}
	return worldMark + code.digits + code.withoutTrunk(rest)
}
