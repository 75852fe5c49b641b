package fakeclinic

import (
	"fmt"
	"strings"
)

// spelt returns names whose emails are spelt as they are, without what is no
// letter from a to z.
func spelt(names string) []name {
	var all []name
	for text := range strings.SplitSeq(names, ",") {
		text = strings.TrimSpace(text)
		latin := strings.Map(func(r rune) rune {
			if r < 'a' || r > 'z' {
				return -1
			}
			return r
		}, strings.ToLower(plain.Replace(text)))
		all = append(all, name{text, latin})
	}
	return all
}

var plain = strings.NewReplacer("é", "e", "è", "e", "ë", "e", "ç", "c", "á", "a", "í", "i", "ó", "o", "ü", "u", "ö", "o")

// neighbours are who comes to a clinic in Melbourne, as peoples.
var neighbours = []people{
	{
		weight: 600,
		first: spelt("Alice, Aaron, Amelia, Adam, Bridget, Angus, Charlotte, Benjamin, Chloe, Callum, Claire, Cameron, Eleanor, Daniel, " +
			"Ella, Declan, Emily, Edward, Fiona, Ethan, Georgia, Fletcher, Grace, Gareth, Hannah, George, Heather, Harrison, Imogen, " +
			"Henry, Isabella, Isaac, Jessica, Jack, Joanne, James, Kate, Joshua, Kirsty, Kieran, Lauren, Lachlan, Lucy, Leo, " +
			"Margaret, Liam, Matilda, Marcus, Megan, Matthew, Natalie, Mitchell, Nicole, Nathan, Olivia, Noah, Phoebe, Oscar, " +
			"Rachel, Patrick, Rebecca, Peter, Renée, Rhys, Ruby, Robert, Sarah, Samuel, Siobhan, Stuart, Sophie, Thomas, Tess, " +
			"Toby, Victoria, Timothy, Willow, William, Zoë, Xavier"),
		last: spelt("Anderson, Ashworth, Atkinson, Baker, Barker, Bell, Bennett, Brennan, Brooks, Burke, Campbell, Carter, Chapman, Clarke, " +
			"Coleman, Cooper, Crawford, Cunningham, D'Arcy, Davies, Dawson, Doyle, Edwards, Ellis, Evans, Ferguson, Fitzgerald, " +
			"Fletcher, Foster, Fraser, Gallagher, Gibson, Grant, Griffiths, Hamilton, Harper, Harvey, Hayes, Henderson, Hogan, " +
			"Hughes, Hunter, Irwin, Jenkins, Johnston, Kavanagh, Kelly, Kennedy, Lawson, MacDonald, Marshall, Mason, McAllister, " +
			"McCarthy, McKenzie, Mitchell, Morris, Murphy, Nicholls, Nolan, O'Brien, O'Connor, O'Sullivan, Osborne, Palmer, " +
			"Parker, Pearson, Perry, Porter, Quinn, Reid, Richards, Robertson, Rogers, Russell, Ryan, Sanders, Saunders, Shaw, " +
			"Simpson, Smith, Smith-Jones, Spencer, Stephens, Stewart, Sutherland, Taylor, Thompson, Turner, Underwood, Vaughan, " +
			"Walker, Wallace, Watson, Webb, Whitfield, Williams, Wilson, Wright, Young"),
	},
	{
		weight: 80,
		first:  spelt("Wei, Jun, Mei, Hao, Lin, Ming, Xiu Ying, Jian, Yan, Lei, Hui, Feng, Jing, Kai, Grace, Kevin, Vivian, Jason"),
		last:   spelt("Wang, Chen, Li, Zhang, Liu, Lin, Huang, Zhao, Wu, Zhou, Xu, Cheung, Lam, Wong, Ho, Tan, Yang, Sun, Guo, Leung"),
	},
	{
		weight: 70,
		first:  spelt("Lan, Minh, Anh, Huy, Linh, Duc, Nhung, Kiet, Thao, Tuan, Trang, Bao, Jenny, Tony, Kim, Peter"),
		last:   spelt("Nguyen, Tran, Pham, Dang, Le, Vo, Huynh, Bui, Do, Ngo, Duong, Hoang, Ly, Mai, Phan, Truong"),
	},
	{
		weight: 80,
		first:  spelt("Priya, Arjun, Ananya, Harpreet, Simran, Rohan, Deepika, Vikram, Kavita, Sanjay, Meera, Nikhil, Asha, Ravi, Neha, Amit"),
		last:   spelt("Sharma, Patel, Singh, Kaur, Gupta, Reddy, Fernando, Perera, Nair, Iyer, Chopra, Desai, Joshi, Kumar, Mehta, Pillai, Rao, Silva"),
	},
	{
		weight: 60,
		first:  spelt("Eleni, George, Maria, Nick, Sofia, Dimitri, Anna, Con, Vicki, Theo, Helen, Steve, Katerina, Jim, Effie, Bill"),
		last:   spelt("Papadopoulos, Economou, Angelidis, Georgiou, Nikolaou, Pappas, Vlahos, Stavrou, Kosta, Markou, Petrou, Samaras, Theodorou, Vasiliou, Zervos"),
	},
	{
		weight: 50,
		first:  spelt("Francesca, Marco, Lucia, Antonio, Rosa, Vince, Carla, Dominic, Lina, Joe, Paola, Frank, Teresa, Sam"),
		last:   spelt("Rossi, Romano, De Luca, Esposito, Mancini, Ferraro, D'Angelo, Russo, Bianchi, Conti, De Angelis, Gallo, Marino, Ricci, Santoro"),
	},
	{
		weight: 40,
		first:  spelt("Fatima, Omar, Layla, Yusuf, Nour, Ali, Zahra, Hassan, Amira, Bilal, Rania, Karim"),
		last:   spelt("Haddad, Khoury, Mansour, Hussein, Rahman, Saleh, Aziz, Elias, Farah, Hamdan, Nassar, Sayed, Taleb"),
	},
	{
		weight: 15,
		first:  []name{{"秀英", "xiuying"}, {"伟", "wei"}, {"小梅", "xiaomei"}, {"志强", "zhiqiang"}},
		last:   []name{{"王", "wang"}, {"陈", "chen"}, {"林", "lin"}, {"黄", "huang"}},
	},
	{
		weight: 5,
		first:  []name{{"فاطمة", "fatima"}, {"يوسف", "yousef"}},
		last:   []name{{"حداد", "haddad"}, {"منصور", "mansour"}},
	},
}

// shortNames are what some people prefer to be called.
var shortNames = map[string]string{
	"Benjamin": "Ben", "Cameron": "Cam", "Charlotte": "Charlie", "Daniel": "Dan", "Edward": "Ted", "Eleanor": "Nell", "Harrison": "Harry",
	"Isabella": "Bella", "Jessica": "Jess", "Joanne": "Jo", "Joshua": "Josh", "Lachlan": "Lachie", "Margaret": "Maggie", "Matilda": "Tilly",
	"Matthew": "Matt", "Mitchell": "Mitch", "Natalie": "Nat", "Patrick": "Paddy", "Rebecca": "Bec", "Robert": "Rob", "Samuel": "Sam",
	"Thomas": "Tom", "Timothy": "Tim", "Victoria": "Vic", "William": "Will", "Zoë": "Zo",
}

// everydayAddress has the year of birth where the name alone may be taken.
func (g *generator) everydayAddress(first, last name, born string) string {
	address := first.ascii() + "." + last.ascii()
	if !g.oneIn(3) {
		address += born[2:4]
	}
	return address + "@" + domains[g.random.IntN(len(domains))]
}

// everydayPhones are nobody else's: there are more reserved landlines than
// clients. Of the few reserved mobiles each is given once.
func (g *generator) everydayPhones() []Phone {
	i := g.given
	g.given++
	const everyth = 67
	line := Phone{"Home", fmt.Sprintf("(03) 5550 %04d", (i*7919+1308)%10_000)}
	if i%4 == 3 {
		line.Type = "Work"
	}
	if i%everyth == 5 && i/everyth < len(mobiles) {
		return []Phone{{"Mobile", mobiles[i/everyth]}, line}
	}
	if g.oneIn(30) {
		return nil
	}
	return []Phone{line}
}
