package fakeclinic

// name is a name as written and, if that needs letters beyond a to z, as in an
// email address.
type name struct {
	text, latin string
}

// people is a community of names that go together. weight is how many of a
// thousand clients come from it; first names alternate between women's and
// men's.
type people struct {
	weight int
	first  []name
	last   []name
}

var peoples = []people{
	{
		weight: 620,
		first: []name{
			{text: "Alice"}, {text: "Aaron"}, {text: "Bridget"}, {text: "Angus"}, {text: "Charlotte"}, {text: "Benjamin"},
			{text: "Daisy"}, {text: "Callum"}, {text: "Eleanor"}, {text: "Declan"}, {text: "Fiona"}, {text: "Edward"},
			{text: "Georgia"}, {text: "Fletcher"}, {text: "Hannah"}, {text: "Gareth"}, {text: "Imogen"}, {text: "Harrison"},
			{text: "Jessica"}, {text: "Isaac"}, {text: "Kirsty"}, {text: "Jack"}, {text: "Lucy"}, {text: "Kieran"},
			{text: "Matilda"}, {text: "Lachlan"}, {text: "Natalie"}, {text: "Mitchell"}, {text: "Olivia"}, {text: "Nathan"},
			{text: "Phoebe"}, {text: "Oscar"}, {text: "Ruby"}, {text: "Patrick"}, {text: "Siobhan"}, {text: "Rhys"},
			{text: "Tess"}, {text: "Stuart"}, {text: "Anne-Marie"}, {text: "Jean-Paul", latin: "jeanpaul"},
			{text: "Mary Jane", latin: "maryjane"}, {text: "William"}, {text: "Zoë", latin: "zoe"}, {text: "Xavier"},
			{text: "Chloé", latin: "chloe"}, {text: "André", latin: "andre"}, {text: "Renée", latin: "renee"}, {text: "Toby"},
		},
		last: []name{
			{text: "Anderson"}, {text: "Barker"}, {text: "Campbell"}, {text: "Davies"}, {text: "Edwards"}, {text: "Fraser"},
			{text: "Grant"}, {text: "Hughes"}, {text: "Irwin"}, {text: "Johnston"}, {text: "Kelly"}, {text: "Lawson"},
			{text: "McAllister"}, {text: "MacDonald"}, {text: "Nicholls"}, {text: "O'Brien", latin: "obrien"},
			{text: "O'Sullivan", latin: "osullivan"}, {text: "D'Arcy", latin: "darcy"}, {text: "O’Connor", latin: "oconnor"},
			{text: "Parker"}, {text: "Quinn"}, {text: "Robertson"}, {text: "Smith-Jones", latin: "smithjones"},
			{text: "Taylor"}, {text: "Underwood"}, {text: "Vaughan"}, {text: "Walker"}, {text: "Young"}, {text: "Thompson"},
			{text: "St. Clair", latin: "stclair"}, {text: "Fitzgerald"}, {text: "Harper-Lane", latin: "harperlane"},
			{text: "Ashworth"}, {text: "Bell"}, {text: "Cooper"}, {text: "Doyle"}, {text: "Ellis"}, {text: "Ferguson"},
		},
	},
	{
		weight: 80,
		first: []name{
			{"Thị Lan", "lan"}, {"Văn Minh", "minh"}, {"Ngọc Ánh", "anh"}, {"Quốc Huy", "huy"}, {"Thùy Dương", "duong"},
			{"Đức", "duc"}, {"Hồng Nhung", "nhung"}, {"Tuấn Kiệt", "kiet"},
		},
		last: []name{{"Nguyễn", "nguyen"}, {"Trần", "tran"}, {"Phạm", "pham"}, {"Đặng", "dang"}, {"Lê", "le"}, {"Võ", "vo"}},
	},
	{
		weight: 60,
		first:  []name{{"秀英", "xiuying"}, {"伟", "wei"}, {"丽", "li"}, {"建国", "jianguo"}, {"小梅", "xiaomei"}, {"志强", "zhiqiang"}},
		last:   []name{{"王", "wang"}, {"陈", "chen"}, {"欧阳", "ouyang"}, {"林", "lin"}, {"黄", "huang"}, {"刘", "liu"}},
	},
	{
		weight: 50,
		first:  []name{{"فاطمة", "fatima"}, {"محمد", "mohammed"}, {"ليلى", "layla"}, {"يوسف", "yousef"}, {"نور", "nour"}, {"عمر", "omar"}},
		last:   []name{{"الحسن", "alhassan"}, {"حداد", "haddad"}, {"منصور", "mansour"}, {"بن علي", "benali"}, {"خوري", "khoury"}},
	},
	{
		weight: 50,
		first:  []name{{"Ελένη", "eleni"}, {"Γιώργος", "giorgos"}, {"Μαρία", "maria"}, {"Νίκος", "nikos"}, {"Σοφία", "sofia"}, {"Δημήτρης", "dimitris"}},
		last:   []name{{"Παπαδόπουλος", "papadopoulos"}, {"Οικονόμου", "oikonomou"}, {"Αγγελίδης", "angelidis"}, {"Χατζή", "chatzi"}},
	},
	{
		weight: 60,
		first: []name{
			{"Núria", "nuria"}, {"José", "jose"}, {"Inês", "ines"}, {"João", "joao"}, {"Françoise", "francoise"},
			{"François", "francois"}, {"Łucja", "lucja"}, {"Łukasz", "lukasz"}, {"Žofie", "zofie"}, {"Jiří", "jiri"},
			{"Åsa", "asa"}, {"Jörg", "jorg"}, {"Ayşe", "ayse"}, {"İbrahim", "ibrahim"}, {"Þóra", "thora"}, {"Bjørn", "bjorn"},
		},
		last: []name{
			{"van der Berg", "vanderberg"}, {"de la Cruz", "delacruz"}, {"von Grünwald", "vongrunwald"}, {"d’Angelo", "dangelo"},
			{"Müller", "muller"}, {"Ferreira da Silva", "ferreira"}, {"García-López", "garcialopez"}, {"Kowalczyk", "kowalczyk"},
			{"Nováková", "novakova"}, {"Øvergård", "overgard"}, {"Yıldız", "yildiz"}, {"Großmann", "grossmann"},
		},
	},
	{
		weight: 30,
		first:  []name{{"Ольга", "olga"}, {"Дмитро", "dmytro"}, {"Наталія", "nataliia"}, {"Сергей", "sergei"}},
		last:   []name{{"Шевчук", "shevchuk"}, {"Ковальова", "kovalova"}, {"Мельник", "melnyk"}},
	},
	{
		weight: 30,
		first:  []name{{"प्रिया", "priya"}, {"अर्जुन", "arjun"}, {"ਸਿਮਰਨ", "simran"}, {"ਹਰਪ੍ਰੀਤ", "harpreet"}},
		last:   []name{{"शर्मा", "sharma"}, {"पटेल", "patel"}, {"ਕੌਰ", "kaur"}, {"सिंह", "singh"}},
	},
	{
		weight: 20,
		first:  []name{{"서연", "seoyeon"}, {"민준", "minjun"}, {"さくら", "sakura"}, {"健太", "kenta"}, {"נועה", "noa"}, {"דוד", "david"}},
		last:   []name{{"김", "kim"}, {"박", "park"}, {"山田", "yamada"}, {"佐藤", "sato"}, {"כהן", "cohen"}, {"ศรีสุข", "srisuk"}},
	},
}

// Where patients live, what they do, and notes about them, which tests search
// for where they must not be.
var (
	towns = []struct{ city, state, postCode string }{
		{"Melbourne", "VIC", "3000"}, {"Geelong", "VIC", "3220"}, {"Sydney", "NSW", "2000"}, {"Newcastle", "NSW", "2300"},
		{"Brisbane", "QLD", "4000"}, {"Hobart", "TAS", "7000"}, {"Adelaide", "SA", "5000"}, {"Perth", "WA", "6000"},
	}
	streets     = []string{"Example Street", "Sample Road", "Harbour Parade", "Placeholder Avenue", "Fiction Lane"}
	occupations = []string{"Teacher", "Nurse", "Carpenter", "Retired", "Student", "Bus driver", "Accountant", "Chef"}
	complaints  = []string{
		"Private note: lower back pain since March", "Private note: left knee, post-operative",
		"Private note: frozen shoulder", "Private note: prefers not to be called at work",
	}
	oddSexes = []string{
		"AFAB", "AMAB", "Intersex", "Female to Male", "Male to Female", "Prefer to self-describe: genderfluid",
		"X (non-binary)", "female ", "MALE", "Unspecified",
	}
	identities = []string{"Non-binary", "Woman", "Man", "Transgender", "Agender", "Sistergirl"}
	domains    = []string{"example.com", "example.net", "example.org"}
)

// Numbers that the Australian regulator reserves for fiction.
var (
	mobiles = []string{
		"0491 570 006", "0491 570 156", "0491 570 157", "0491 570 158", "0491 570 159", "0491 570 110", "0491 570 313",
		"0491 570 737", "0491 571 266", "0491 571 491", "0491 571 804", "0491 572 549", "0491 572 665", "0491 572 983",
		"0491 573 770", "0491 573 087", "0491 574 118", "0491 574 632", "0491 575 254", "0491 575 789", "0491 576 398",
		"0491 576 801", "0491 577 426", "0491 577 644", "0491 578 957", "0491 578 148", "0491 578 888", "0491 579 212",
		"0491 579 760", "0491 579 455",
	}
	landlines  = []string{"(02) 5550 %04d", "(03) 5550 %04d", "(07) 5550 %04d", "(08) 5550 %04d", "(03) 7010 %04d"}
	phoneTypes = []string{"Home", "Work", "Fax", "Other"}
)

var (
	sheHer   = Pronouns{"she", "her", "her", "hers", "herself"}
	heHim    = Pronouns{"he", "him", "his", "his", "himself"}
	theyThem = Pronouns{"they", "them", "their", "theirs", "themself"}
)
