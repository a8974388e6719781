/// What guessers try first, cut to what is long enough to be offered at all.
enum CommonPasswords {
    /// Whole passwords of twelve and more characters, in lower case.
    static let whole: Set<String> = [
        "1q2w3e4r5t6y", "q1w2e3r4t5y6", "1qaz2wsx3edc", "zaq12wsxcde3", "1qazxsw23edc", "qazwsxedcrfv", "zaq1xsw2cde3",
        "qweasdzxc123", "qwe123asd456", "asd123qwe456", "abcd1234abcd", "a1b2c3d4e5f6", "a1b2c3d4e5f6g7",
        "123qweasdzxc", "1qaz2wsx3edc4rfv", "correcthorsebatterystaple", "correct horse battery staple",
        "tobeornottobe", "to be or not to be", "thequickbrownfox", "the quick brown fox", "unbelievable",
        "jesuschrist1", "jesusislord1", "iloveyousomuch", "loveyouforever", "manchesterunited", "liverpoolfc1",
        "scoobydoo123", "spiderman1234", "harrypotter1", "slipknot6666", "hello123hello", "hola12345678",
        "woaini1314520", "woaini520131", "5201314woaini", "aa123456789a", "a123456789a1", "q123456789q1",
        "112233445566", "102030405060", "159753456852", "147258369147", "741852963741", "159357456258", "123321123321",
        "987654321abc", "999888777666", "111222333444", "192837465564", "246813579246", "314159265358", "271828182845",
    ]

    /// Words that a password may contain but not live on.
    static let words = [
        "password", "passwort", "passwd", "passphrase", "secret", "welcome", "willkommen", "bienvenue", "qwertyuiop",
        "qwertzuiop", "qwerty", "qwertz", "azerty", "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "1q2w3e4r", "1qaz2wsx",
        "qazwsx", "administrator", "admin", "root", "superuser", "letmein", "changeme", "default", "login", "master",
        "monkey", "dragon", "football", "baseball", "basketball", "superman", "batman", "pokemon", "starwars",
        "princess", "sunshine", "shadow", "flower", "iloveyou", "lovely", "freedom", "whatever", "trustno1", "ninja",
        "mustang", "michael", "jennifer", "jordan", "michelle", "charlie", "computer", "internet", "server", "system",
        "oracle", "cisco", "company", "corporate", "office", "business", "summer", "winter", "spring", "autumn",
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
        "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "hello", "test",
        "temp", "guest", "user", "demo", "gatehouse", "bastion", "woaini", "mima", "123456789", "12345678", "1234567",
        "123456", "654321", "987654321", "111111", "000000", "123123", "abc123", "abcdef", "aaaaaa",
    ]
}
