package fakeclinic

import "encoding/json"

type object = map[string]any

// userJSON is /user: the owner of the key.
func (c *Clinic) userJSON(base string) []byte {
	return mustEncode(object{
		"id": "4100001", "created_at": "2017-02-06T22:00:00Z", "updated_at": "2025-07-01T02:03:04Z",
		"title": "Ms", "first_name": "Dana", "last_name": "Smith", "email": "dana.smith@example.com",
		"role": "administrator", "active": true, "user_active": true, "phone_numbers": []any{},
		"time_zone": "Melbourne", "time_zone_identifier": "Australia/Melbourne",
		"links": object{"self": base + "/users/4100001"},
	})
}

// settingsJSON is /settings/public, which every user may read.
func (c *Clinic) settingsJSON() []byte {
	return mustEncode(object{
		"account": object{
			"id": c.options.AccountID, "name": c.options.Name, "subdomain": c.options.Subdomain,
			"country": "Australia", "country_code": "AU", "currency_symbol": "$",
			"time_zone_support": false, "has_time_travelers": false,
		},
		"terminology": object{
			"patient": c.options.PatientTerm,
			"titles":  []string{"Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Prof"},
		},
		"reminders": object{"default_reminders_communication_channels": []int{1, 2}},
	})
}

// businessesJSON is the first and only page of /businesses.
func (c *Clinic) businessesJSON(base string) []byte {
	return mustEncode(object{
		"businesses": []object{{
			"id": "4200001", "created_at": "2017-02-06T22:00:00Z", "updated_at": "2025-07-01T02:03:04Z",
			"archived_at": nil, "deleted_at": nil,
			"label": c.options.Name, "business_name": c.options.Name, "display_name": c.options.Name,
			"address_1": "1 Example Street", "city": "Melbourne", "state": "VIC", "post_code": "3000",
			"country": "Australia", "country_code": "AU",
			"time_zone": "Melbourne", "time_zone_identifier": "Australia/Melbourne",
			"links": object{"self": base + "/businesses/4200001"},
		}},
		"total_entries": 1,
		"links":         object{"self": base + "/businesses?page=1"},
	})
}

// mustEncode is for values made only of text and numbers, which always encode.
func mustEncode(v any) []byte {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return encoded
}
