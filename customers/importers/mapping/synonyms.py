"""How people call the columns of their own lists, in English and Chinese: what each most probably means.

The names are as `words_of` gives them: in lower case, without signs and accents."""

from rapidfuzz import fuzz, process

from customers.importers.mapping.words import words_of

SYNONYMS: dict[str, str] = {
    "id": "id; source id; customer id; contact id; client id; account id; member id; record id; external id; no; "
    "number; customer number; customer no; client number; 编号; 客户编号; 客户id; 会员号; 序号; 顾客编号; 联系人编号",
    "name": "name; full name; customer; customer name; client; client name; contact; contact name; display name; "
    "姓名; 名称; 名字; 客户; 客户名称; 客户姓名; 全名; 联系人; 联系人姓名; 客户名; 公司名称; 企业名称; account name",
    "given_name": "first name; given name; forename; christian name; first; 名; vorname; prenom; nombre",
    "family_name": "last name; family name; surname; last; 姓; 姓氏; nachname; nom de famille; apellido",
    "kind": "kind; customer type; customer kind; party type; 客户类型; 客户类别; 类型",
    "language": "language; preferred language; locale; 语言; 首选语言",
    "country": "country; country code; nation; 国家; 国籍; 国家地区; 国家代码",
    "industry": "industry; sector; branch; line of business; 行业; 所属行业",
    "owner": "owner; account manager; sales rep; salesperson; assigned to; responsible; 负责人; 客户经理; 所有者; "
    "业务员; 销售; 跟进人",
    "team": "team; group; department in charge; 团队; 小组; 所属团队",
    "created_at": "created; created at; created on; created date; date created; creation date; customer since; "
    "registered; registration date; sign up date; signup date; 创建时间; 创建日期; 注册时间; 注册日期; 建档日期",
    "tags": "tags; tag; labels; label; keywords; 标签; 标记",
    "deleted": "deleted; is deleted; 已删除",
    "email": "email; e mail; mail; email address; e mail address; mail address; 邮箱; 电子邮箱; 邮件; 电子邮件; 电邮; "
    "邮箱地址; 邮件地址; 邮箱号",
    "email:work": "work email; business email; company email; 工作邮箱; 公司邮箱; 企业邮箱",
    "email:home": "home email; private email; personal email; 个人邮箱; 私人邮箱",
    "phone": "phone; telephone; tel; phone number; telephone number; contact number; main phone; 电话; 电话号码; "
    "联系电话; 联系方式; 固定电话; 座机",
    "phone:mobile": "mobile; mobile phone; cell; cell phone; cellphone; mobile number; handy; 手机; 手机号; 手机号码; "
    "移动电话; 电话 手机",
    "phone:work": "work phone; business phone; office phone; 办公电话; 公司电话; 工作电话; 单位电话",
    "phone:home": "home phone; private phone; 家庭电话; 住宅电话; 家里电话",
    "phone:fax": "fax; fax number; business fax; 传真; 传真号码",
    "messenger:WeChat": "wechat; wechat id; weixin; 微信; 微信号",
    "messenger:QQ": "qq; qq号; qq号码",
    "messenger:WhatsApp": "whatsapp; whatsapp number",
    "messenger:Telegram": "telegram",
    "messenger:Skype": "skype; skype id; skype name",
    "messenger": "messenger; im; instant messenger; 即时通讯; 聊天账号",
    "address": "address; full address; postal address; 地址; 联系地址; 通讯地址; 详细地址; 住址; 公司地址",
    "address.street": "street; street address; address line 1; address 1; address1; street 1; 街道; 街道地址; 门牌号",
    "address.street_2": "address line 2; address 2; address2; street 2; apartment",
    "address.city": "city; town; place; suburb; 城市; 市; 所在城市",
    "address.state": "state; province; region; county; state province; 省; 省份; 州; 省市",
    "address.postal_code": "postal code; zip; zip code; postcode; post code; plz; 邮编; 邮政编码",
    "address:billing": "billing address; invoice address; 账单地址; 开票地址",
    "address:shipping": "shipping address; delivery address; 收货地址; 送货地址; 发货地址",
    "address:home": "home address; private address; 家庭地址; 家庭住址; 住宅地址",
    "relation:works-for:to.name": "company; company name; employer; organisation; organization; firm; works for; "
    "organization name; organisation name; 公司; 单位; 工作单位; 所属公司; 企业; 雇主; 公司名; 单位名称; 所在公司",
    "relation:works-for:to.role+attribute:title=text": "title; job title; position; job; role; 职位; 职务; "
    "头衔; 岗位; 职称",
    "relation:parent-of:from.name": "parent company; parent account; parent; headquarters; 母公司; 上级公司; 总公司",
    "relation:reports-to:to.name": "reports to; manager; boss; supervisor; 上级; 汇报对象; 直属上级; 主管",
    "us": "relationship; relation to us; customer status; lifecycle stage; 客户关系; 客户状态; 关系",
    "consent:marketing:email.given": "newsletter; newsletter opt in; email opt in; marketing consent; opt in; "
    "accepts marketing; subscribed; 订阅; 邮件订阅; 接受营销; 同意营销",
    "consent:marketing:email.refused": "email opt out; has opted out of email; do not email; unsubscribed; opt out; "
    "退订; 拒收邮件; 不接收邮件",
    "consent:marketing:phone.refused": "do not call; do not phone; no calls; 勿打扰; 请勿致电; 拒绝来电",
    "attribute:birth_date=date": "birth date; birthdate; date of birth; birthday; dob; born; 生日; 出生日期; 出生年月; "
    "出生年月日",
    "attribute:website=text": "website; web site; homepage; url; web; 网址; 网站; 公司网站; 官网",
    "attribute:salutation=text": "salutation; prefix; honorific; 称呼; 称谓",
    "attribute:tax_number=text": "tax number; vat number; vat; vat id; tax id; 税号; 纳税人识别号; 统一社会信用代码",
    "attribute:gender": "gender; sex; 性别",
    "note": "note; notes; comment; comments; remark; remarks; description; memo; 备注; 说明; 描述; 注释; 附注",
}

BY_NAME: dict[str, str] = {
    words_of(name): target for target, names in SYNONYMS.items() for name in names.split(";") if name.strip()
}
# Below, short words are alike by chance: "state" and "date".
SHORTEST_FUZZY = 6
ALIKE = 90


def known_by_name(column: str) -> str:
    """What a column of this name most probably means; empty where nobody knows. Slips of the pen are forgiven."""
    words = words_of(column)
    if words in BY_NAME:
        return BY_NAME[words]
    if len(words) < SHORTEST_FUZZY:
        return ""
    found = process.extractOne(words, BY_NAME.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return BY_NAME[found[0]] if found else ""
