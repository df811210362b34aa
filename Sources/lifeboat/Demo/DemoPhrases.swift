/// What people say in the call center: sentences are an opening, a subject with a number, and an ending.
struct DemoPhrases: Sendable {
    /// The language's code.
    let language: String
    /// The agent and the caller.
    let voices: [String]
    /// Eight beginnings of a sentence.
    let openings: [String]
    /// Eight things that calls are about.
    let subjects: [String]
    /// Eight ends of a sentence.
    let endings: [String]
    /// How many sentences a call has; a Cyrillic letter takes twice the room of a Latin one.
    let lines: Int

    /// All languages.
    static let all = [russian, ukrainian, english]

    private static let russian = DemoPhrases(
        language: "ru",
        voices: ["Оператор", "Клиент"],
        openings: [
            "Добрый день, подскажите:", "Скажите, пожалуйста:", "Мне сообщили, что",
            "Вижу в системе:",
            "Проверил ещё раз:", "К сожалению,", "Вчера вечером выяснилось:",
            "Если я правильно понял,",
        ],
        subjects: ["заказ", "счёт", "договор", "возврат", "перевод", "платёж", "полис", "пропуск"],
        endings: [
            "ещё не поступил на склад", "будет готов завтра после обеда",
            "оформлен на другой адрес",
            "можно отменить без доплаты", "требует подтверждения по телефону",
            "уже передан в отдел качества", "стоит дороже, чем указано на сайте",
            "обработан сегодня утром",
        ],
        lines: 10
    )

    private static let ukrainian = DemoPhrases(
        language: "uk",
        voices: ["Оператор", "Клієнт"],
        openings: [
            "Добрий день, підкажіть:", "Скажіть, будь ласка:", "Мені повідомили, що",
            "Бачу в системі:",
            "Перевірила ще раз:", "На жаль,", "Учора ввечері з’ясувалося:",
            "Якщо я правильно зрозуміла,",
        ],
        subjects: [
            "рахунок", "договір", "переказ", "платіж", "поліс", "квиток", "запит", "ремонт",
        ],
        endings: [
            "ще не надійшов на склад", "буде готовий завтра після обіду",
            "оформлений на іншу адресу",
            "можна скасувати без доплати", "потребує підтвердження телефоном",
            "уже переданий до відділу якості", "коштує дорожче, ніж на сайті",
            "опрацьований сьогодні вранці",
        ],
        lines: 10
    )

    private static let english = DemoPhrases(
        language: "en",
        voices: ["Agent", "Caller"],
        openings: [
            "Good afternoon, I am calling because", "I was told yesterday that", "I can see that",
            "If I understood correctly,", "Let me repeat:", "Unfortunately,",
            "One moment, please: it says here that", "As far as we know,",
        ],
        subjects: [
            "the order", "the invoice", "the contract", "the delivery", "the request",
            "the transfer",
            "the complaint", "the payment",
        ],
        endings: [
            "has not reached the warehouse yet", "will be ready tomorrow afternoon",
            "was made out to another address", "can be cancelled free of charge",
            "needs to be confirmed by phone", "has been passed on to quality control",
            "costs more than the site says", "was processed this morning",
        ],
        lines: 17
    )

    /// One sentence, chosen at random.
    func sentence(_ generator: inout some RandomNumberGenerator) -> String {
        let parts = [openings, subjects, endings].map { $0.randomElement(using: &generator) ?? "" }
        return
            "\(parts[0]) \(parts[1]) № \(Int.random(in: 1...900_000, using: &generator)) \(parts[2])."
    }
}
