// Says which letter or digit a picture shows: `pysar MODEL PICTURE`; README.md tells how to build it.
#include <ATen/Parallel.h>
#include <torch/script.h>

#include <cctype>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>

struct Refused : std::runtime_error {
    using runtime_error::runtime_error;
};

// Reads a whole number of a PGM's header, with the white space and the comments before it.
int header_number(std::istream& in) {
    while (std::isspace(in.peek()) || in.peek() == '#')
        if (in.get() == '#') in.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    int number = 0;
    if (!std::isdigit(in.peek()) || !(in >> number)) throw Refused("damaged header; write the picture again");
    return number;
}

// Returns a binary PGM of 8 bits a pixel as (height, width) uint8, white 255.
torch::Tensor read_pgm(const char* path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Refused("cannot be opened");
    if (in.get() != 'P' || in.get() != '5') throw Refused("no binary PGM (P5); convert the picture to one");
    const int width = header_number(in), height = header_number(in), white = header_number(in);
    if (width < 1 || height < 1 || width > 40'000'000 / height) throw Refused("not 1 to 40,000,000 pixels; resize it");
    if (white < 1 || white > 255) throw Refused("maxval is not 1 to 255; write it with 8 bits a pixel");
    auto grey = torch::empty({height, width}, torch::kByte);
    if (!std::isspace(in.get()) || !in.read(static_cast<char*>(grey.data_ptr()), grey.numel()))
        throw Refused("cut off; write the picture again");
    return (grey.to(torch::kFloat) * (255.0 / white)).round().clamp(0, 255).to(torch::kByte);
}

torch::jit::Module load_model(const char* path) {
    torch::jit::Module model;
    try {
        model = torch::jit::load(path, torch::kCPU);
    } catch (const std::exception&) {  // torch's message has many lines
        throw Refused("no TorchScript that can be read; give what `pysar export` writes");
    }
    if (!model.hasattr("version") || model.attr("version").toStringRef() != "1")
        throw Refused("no model of this version; export it again");
    return model;
}

// Returns a label as UTF-8; they are in one string: ten digits of a byte each, then letters of two.
std::string label_of(const std::string& labels, int64_t code) {
    return code < 10 ? labels.substr(code, 1) : labels.substr(2 * code - 10, 2);
}

// Prints what `pysar predict --format jsonl` prints of the same picture, less its path.
void answer(torch::jit::Module& model, const torch::Tensor& grey) {
    const auto image = model.get_method("normalize")({grey}).toTuple()->elements()[0].toTensor();
    // Not to tell the height is what `pysar predict` does without --sized.
    const auto outputs = model.forward({image.unsqueeze(0), torch::full({1}, NAN)}).toTuple()->elements();
    const auto number = [&](const char* name) { return model.attr(name).toDouble(); };

    const double ink = image.any().item<bool>() ? 1 : 0;  // without any, no label is likelier than another
    const auto logits = outputs[0].toTensor()[0].to(torch::kDouble) * ink;
    const auto [likely, codes] = (logits / number("label_temperature")).softmax(0).sort(true, 0, true);
    const auto case_logit = outputs[1].toTensor().to(torch::kDouble) * ink;
    const double upper = (case_logit / number("case_temperature_unknown_height")).sigmoid().item<double>();
    const double score = outputs[2].toTensor().item<double>();
    const std::string labels = model.attr("labels").toStringRef();
    const bool digit = codes[0].item<int64_t>() < 10;
    const bool sure = !digit && std::max(upper, 1 - upper) >= number("case_threshold");

    std::printf("{\"label\": \"%s\", ", label_of(labels, codes[0].item<int64_t>()).c_str());
    std::printf("\"uppercase\": %s, ", sure ? (upper > 0.5 ? "true" : "false") : "null");
    std::printf("\"p_label\": %.6f, ", likely[0].item<double>());
    std::printf("\"p_uppercase\": %s, ", digit ? "null" : std::to_string(upper).c_str());
    std::printf("\"is_character\": %s, ", score >= number("score_threshold") ? "true" : "false");
    std::printf("\"score\": %.6f, \"top\": [", score);
    for (int n = 0; n < 3; ++n)
        std::printf("%s{\"label\": \"%s\", \"p\": %.6f}", n ? ", " : "",
                    label_of(labels, codes[n].item<int64_t>()).c_str(), likely[n].item<double>());
    std::puts("]}");
}

int main(int count, char** words) {
    if (count != 3) return std::fputs("usage: pysar MODEL PICTURE.pgm\n", stderr), 2;
    const char* now = words[1];
    try {
        torch::InferenceMode no_gradients;
        at::set_num_threads(1);
        auto model = load_model(now);
        now = words[2];
        answer(model, read_pgm(now));
        if (std::fflush(stdout)) return std::perror("output"), 1;
    } catch (const std::exception& error) {  // torch's message, of normalize, has many lines
        const bool own = dynamic_cast<const Refused*>(&error);
        std::fprintf(stderr, "%s: %s\n", now, own ? error.what() : "the paper is not even; read it with `pysar predict`");
        return 2;
    }
}
