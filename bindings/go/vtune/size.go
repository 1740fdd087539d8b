// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Size is an amount of memory with its unit, as "64GiB", or "2MiB", "512MB", "1048576KiB".
// Where a spec allows words, as for the huge pages, it may be one of them. A number in
// JSON counts KiB.
type Size string

// KiB returns a Size of n KiB.
func KiB(n uint64) Size { return Size(strconv.FormatUint(n, 10) + "KiB") }

// MiB returns a Size of n MiB.
func MiB(n uint64) Size { return Size(strconv.FormatUint(n, 10) + "MiB") }

// GiB returns a Size of n GiB.
func GiB(n uint64) Size { return Size(strconv.FormatUint(n, 10) + "GiB") }

// UnmarshalJSON takes a string, or a number of KiB.
func (s *Size) UnmarshalJSON(data []byte) error {
	var word string
	if err := json.Unmarshal(data, &word); err == nil {
		if string(data) != "null" {
			*s = Size(word)
		}
		return nil
	}
	var number uint64
	if err := json.Unmarshal(data, &number); err != nil {
		return fmt.Errorf("a size is a string or a number of KiB, not %s", data)
	}
	*s = KiB(number)
	return nil
}
