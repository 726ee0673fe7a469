"""Short forms of given names. Each line is one name; a short form may stand on several lines."""

_LINES = """
albert al bert
alexander alex sandy sasha alexandre alejandro
alexandra alex sandra sasha
alfred alf fred
andrew andy drew
ann anna anne annie
anthony tony
antonio toni tonio
antony tony
barbara barb babs
benjamin ben benny
catherine cathy kate katie katy cat
charles charlie chuck
christina chris tina christine
christopher chris topher kit
daniel dan danny
david dave davey
deborah deb debbie
dmitri dima dmitry
donald don donnie
dorothy dot dottie
edward ed eddie ted ned
eleanor nell ellie
elizabeth liz lizzie beth betty eliza lisa elsie
eugene gene
francis frank
francisco paco pancho
franziska franzi
frederick fred freddy
gabriel gabe
george georgie
gerald gerry jerry
gregory greg
harold harry hal
henry harry hank
jacob jake
james jim jimmy jamie
jeffrey jeff
jennifer jen jenny
jessica jess jessie
johannes hannes hans
john johnny jack
jonathan jon
jose pepe
joseph joe joey
joshua josh
judith judy
kathleen kathy
katharina kathi katja
kenneth ken kenny
konstantin kostya
lawrence larry
leonard leo len
louis lou
manuel manny manolo
margaret maggie meg peggy greta marge
maria mia marie mary
maximilian max
matthew matt
michael mike mick mickey mikey
mikhail misha
natalia natasha
nathaniel nate nathan
nicholas nick nicky nicolas nikolas
nikolai kolya
pamela pam
patricia pat patty trish
patrick pat paddy
peter pete
philip phil phillip
rebecca becky
richard rick dick richie rich
robert bob rob bobby robbie
ronald ron ronnie
samantha sam
samuel sam sammy
sebastian seb basti
stephen steve
steven steve
susan sue susie
theodore ted theo
thomas tom tommy
timothy tim
ulrich uli
valentina valya
victoria vicky tori
vincent vince
vladimir vova volodya
walter walt
wilhelm willi
william will bill billy willy liam
yekaterina katya ekaterina
zachary zach zack
"""

_GROUPS: dict[str, set[int]] = {}
for _number, _line in enumerate(_LINES.strip().splitlines()):
    for _name in _line.split():
        _GROUPS.setdefault(_name, set()).add(_number)


def may_be_one(one: str, other: str) -> bool:
    """Whether two folded given names may be the same one, in full and in short: robert and bob, not rob and bill."""
    return not _GROUPS.get(one, set()).isdisjoint(_GROUPS.get(other, ()))
