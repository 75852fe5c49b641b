package command

import (
	"encoding/json"
	"testing"
	"time"

	"telehab.io/desktop/backend/service"
)

// Windows has one service, which may be for the data of somebody else: it is
// named, and neither counts as one that syncs this data.
func TestAServiceForOtherData(t *testing.T) {
	const lee, dana = `C:\Users\lee\AppData\Local\TeleHab`, `C:\Users\Dana\AppData\Local\TeleHab`
	runs := service.State{Installed: true, Running: true, AtStart: true, Name: "TeleHab", DataDir: lee}
	for _, c := range []struct {
		name, dir  string
		state      service.State
		text, line string
	}{
		{"another's", dana, runs,
			`The service TeleHab is for the data in C:\Users\lee\AppData\Local\TeleHab, so it does not sync yours. This computer can have one. telehab service install makes it yours instead.`,
			`{"installed":false,"running":false,"since":null,"at_start":true,"name":"TeleHab","data_dir":"C:\\Users\\lee\\AppData\\Local\\TeleHab","other_data":true}`},
		{"this one's", `c:\users\LEE\AppData\Local\TeleHab`, runs, "The service TeleHab runs.",
			`{"installed":true,"running":true,"since":null,"at_start":true,"name":"TeleHab","data_dir":"C:\\Users\\lee\\AppData\\Local\\TeleHab","other_data":false}`},
		{"one that tells no folder", dana, service.State{Installed: true, AtStart: true, Name: "telehab-dana.service"}, "The service telehab-dana.service does not run.",
			`{"installed":true,"running":false,"since":null,"at_start":true,"name":"telehab-dana.service","data_dir":null,"other_data":false}`},
		{"none", dana, service.State{}, "No service is installed. telehab service install does it.",
			`{"installed":false,"running":false,"since":null,"at_start":false,"name":null,"data_dir":null,"other_data":false}`},
	} {
		own := ownService{c.state, isOther(c.state.DataDir, c.dir)}
		if text := serviceText(&own, time.UTC); text != c.text {
			t.Errorf("%s: %q", c.name, text)
		}
		if line, err := json.Marshal(newServiceLine(&own)); err != nil || string(line) != c.line {
			t.Errorf("%s: %s, %v", c.name, line, err)
		}
	}
}
