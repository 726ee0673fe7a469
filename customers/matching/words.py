"""Words that say little, or something special, in the names of people and organisations. All are folded."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words(
    "mr mrs ms miss mx sir madam dr prof professor herr frau hr fr m mme mlle monsieur madame sr sra srta don dona "
    "senor senora signor signora sig dott dhr mevr ing dipl mag phd md mba esq rev hon"
)
CJK_TITLES = ("先生", "女士", "小姐", "太太", "老师", "教授", "博士", "医生", "总经理", "经理", "様", "さん")

# Sons and grandsons who have their father's name.
GENERATIONS = {
    "jr": "2", "junior": "2", "ii": "2", "2nd": "2", "filho": "2", "hijo": "2",
    "sr": "1", "senior": "1",
    "iii": "3", "3rd": "3", "neto": "3",
    "iv": "4", "4th": "4",
}  # fmt: skip

# Parts of family names that many unrelated families share.
PARTICLES = _words(
    "de da do dos das di del della der den van von vom zu zur zum ten ter la le les du des el al bin binti ibn y e "
    "af av och und"
)

# Chinese family names of two signs; all others have one.
COMPOUND_FAMILY_NAMES = _words(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 "
    "公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 令狐 轩辕 歐陽 司馬 東方 諸葛 南宮"
)

# Words that many organisations have in their names: two that share no others are not the same for that.
GENERIC_WORDS = _words(
    "the and of for de la le el du des und y e & group groupe gruppe grupo gruppo holding holdings international intl "
    "global worldwide company co enterprise enterprises services service solutions systems system technology "
    "technologies tech consulting consultants partners partner associates industries industry industrial trading "
    "trade import export products management marketing media design engineering construction logistics transport "
    "energy capital investment investments properties property real estate insurance bank finance financial hotel "
    "restaurant cafe bar pharmacy clinic hospital school university college institute center centre church foundation "
    "association club society union city state national central north south east west new first united american "
    "european china asia pacific europe america uk us usa shop store market software digital online web health care "
    "medical dental law legal agency studio office department ministry"
)
GENERIC_CJK = (
    "集团", "控股", "科技", "技术", "贸易", "实业", "发展", "投资", "咨询", "服务", "商贸", "进出口", "国际", "工程",
    "信息", "电子", "文化", "传媒", "管理", "建设", "建筑", "物流", "网络", "中国", "有限", "责任",
)  # fmt: skip

# Mailboxes that several people read, and addresses that forms are filled with when there is none.
ROLE_MAILBOXES = _words(
    "info information office contact kontakt contacto contato mail email hello hi sales vertrieb ventas vendas verkauf "
    "support help helpdesk service services kundenservice admin administration administrator accounts accounting "
    "account billing invoice invoices rechnung buchhaltung finance order orders bestellung purchasing einkauf "
    "procurement compras hr jobs career careers marketing press presse pr team staff reception rezeption empfang "
    "enquiries inquiries enquiry postmaster webmaster noreply no-reply donotreply none noemail nomail no unknown test "
    "na example customer customers client clients general secretary sekretariat legal it"
)

# Short for words of addresses.
ADDRESS_WORDS = {
    "st": "street", "str": "strasse", "rd": "road", "ave": "avenue", "av": "avenue", "blvd": "boulevard",
    "dr": "drive", "ln": "lane", "ct": "court", "crt": "court", "pl": "place", "sq": "square", "cres": "crescent",
    "cr": "crescent", "pde": "parade", "tce": "terrace", "hwy": "highway", "cl": "close", "cct": "circuit",
    "apt": "flat", "apartment": "flat", "unit": "flat", "apmnt": "flat", "ste": "suite", "fl": "floor",
    "r": "rua", "c": "calle", "n": "north", "s": "south", "e": "east", "w": "west",
}  # fmt: skip
